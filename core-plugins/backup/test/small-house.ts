import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AicoError } from '@aico/sdk';
import { onTestFinished } from 'vitest';
import { Backups, type BackupsPowers, type Call } from '../src/backups.ts';
import { PluginState } from '../src/plugin-state.ts';

/** A call that nobody listens to. */
export const CALL: Call = { progress: async () => {}, signal: new AbortController().signal };

export const VAULT = '{"format":1,"of":"the test"}';
export const PASSWORD = 'correct horse battery';

/** A data folder with files, a folder for backups, and backups between them. */
export interface SmallHouse {
  readonly home: string;
  readonly folder: string;
  readonly backups: Backups;
  /** What happens between the moment and the copy. */
  between: () => void;
  /** Plugins whose blobs were asked to be checked. */
  readonly checkedBlobs: string[];
  keysApart: boolean;
  /** Another house with the same folder of backups. */
  neighbour(key: string | 'locked'): Promise<SmallHouse>;
}

export async function smallHouse(
  key: string | 'locked' = randomBytes(32).toString('hex'),
  { folder = temporaryFolder(), now = () => new Date() }: { folder?: string; now?: () => Date } = {},
): Promise<SmallHouse> {
  const home = temporaryFolder();
  writeInto(home, { 'vault/vault.json': VAULT });
  mkdirSync(join(home, 'data', 'backup'), { recursive: true });
  const powers: BackupsPowers = {
    home,
    folder: () => folder,
    keysApart: () => house.keysApart,
    state: await PluginState.open(join(home, 'data', 'backup')),
    version: '0.1.0',
    now,
    begin: async () => ({
      plugins: ['chat'],
      leftOut: [],
      resume: async () => {
        house.between();
        return true;
      },
      end: async () => true,
    }),
    key: async () => {
      if (key === 'locked') throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
      return key;
    },
    recover: async (vault, password) => {
      if (vault !== VAULT || password !== PASSWORD) throw new AicoError('VAULT_PASSWORD_WRONG', { subject: 'vault' });
      return ORIGINAL.get(folder) ?? '';
    },
    checkBlobs: async (copy, plugin) => {
      readdirSync(join(home, 'scratch', copy, 'data', 'storage', 'blobs', plugin));
      house.checkedBlobs.push(plugin);
    },
    check: async (copy, plugin) => {
      readFileSync(join(home, 'scratch', copy, 'data', 'storage', `${plugin}.db`));
    },
  };
  if (key !== 'locked' && !ORIGINAL.has(folder)) ORIGINAL.set(folder, key);
  const house: SmallHouse = {
    home,
    folder,
    backups: new Backups(powers),
    between: () => {},
    checkedBlobs: [],
    keysApart: false,
    neighbour: (other) => smallHouse(other, { folder }),
  };
  return house;
}

const ORIGINAL = new Map<string, string>();

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aico-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeInto(home: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), content);
  }
}

/** Every file below a folder with its content, in hex. */
export function contentOf(folder: string, path = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(folder, path))) {
    const each = path === '' ? name : `${path}/${name}`;
    if (statSync(join(folder, each)).isDirectory()) Object.assign(found, contentOf(folder, each));
    else found[each] = readFileSync(join(folder, each)).toString('hex');
  }
  return found;
}

/** The code of the typed error that work ends with, or what it returned. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}
