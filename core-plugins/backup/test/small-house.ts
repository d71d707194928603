import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AicoError } from '@aico/sdk';
import { onTestFinished } from 'vitest';
import { DiskFiles } from '../src/backup-files.ts';
import { Backups, type BackupsPowers, type Call } from '../src/backups.ts';
import type { PackedDatabases } from '../src/copy-files.ts';
import { PluginState } from '../src/plugin-state.ts';

const PIECE_BYTES = 65_536;

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
  /** Whether databases come in pieces, as storage packs them; here a piece is its bytes behind a byte of 1. */
  packs: boolean;
  /** Plugins whose databases are held still, and those whose databases do not open, with the reason. */
  plugins: readonly string[];
  leftOut: readonly { readonly plugin: string; readonly code: string }[];
  /** Which pieces were asked for. */
  readonly readPieces: number[];
  /** Another house with the same folder of backups. */
  neighbour(key: string | 'locked'): Promise<SmallHouse>;
}

export async function smallHouse(
  key: string | 'locked' = randomBytes(32).toString('hex'),
  {
    folder = temporaryFolder(),
    home = temporaryFolder(),
    now = () => new Date(),
    patienceMs = 15_000,
  }: { folder?: string; home?: string; now?: () => Date; patienceMs?: number } = {},
): Promise<SmallHouse> {
  writeInto(home, { 'vault/vault.json': VAULT });
  mkdirSync(join(home, 'data', 'backup'), { recursive: true });
  const powers: BackupsPowers = {
    home,
    folder: () => folder,
    patienceMs,
    lent: (other) => new DiskFiles(other),
    keysApart: () => house.keysApart,
    state: await PluginState.open(join(home, 'data', 'backup')),
    version: '0.1.0',
    now,
    begin: async () => ({
      plugins: house.plugins,
      leftOut: house.leftOut,
      ...(house.packs && { packed: packedIn(home, house.readPieces) }),
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
    unlockCopy: async () => async () => undefined,
    check: async (copy, plugin) => {
      const suffix = house.packs ? '-packed' : '';
      readFileSync(join(home, 'scratch', copy, 'data', 'storage', `${plugin}.db${suffix}`));
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
    packs: false,
    plugins: ['chat'],
    leftOut: [],
    readPieces: [],
    neighbour: (other) => smallHouse(other, { folder }),
  };
  return house;
}

/** Databases in pieces as they lie, at most two at a time. */
function packedIn(home: string, read: number[]): PackedDatabases {
  const pieceOf = (plugin: string, index: number): Buffer =>
    readFileSync(join(home, `data/storage/${plugin}.db`)).subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
  const countOf = (bytes: number): number => Math.ceil(bytes / PIECE_BYTES);
  return {
    marks: async (plugin, from, count) => {
      const bytes = statSync(join(home, `data/storage/${plugin}.db`)).size;
      const marks = Array.from({ length: Math.min(count, countOf(bytes) - from) }, (_, at) =>
        createHash('sha256')
          .update(`${at}`)
          .update(pieceOf(plugin, from + at))
          .digest()
          .subarray(0, 16),
      );
      return { bytes, marks: Buffer.concat(marks) };
    },
    pieces: async (plugin, from, count) => {
      const bytes = statSync(join(home, `data/storage/${plugin}.db`)).size;
      return Array.from({ length: Math.min(count, 2, countOf(bytes) - from) }, (_, at) => {
        read.push(from + at);
        return Buffer.concat([Buffer.of(1), pieceOf(plugin, from + at)]);
      });
    },
  };
}

/** The file that such pieces came from, as storage makes it of what a backup gives back. */
export function unpacked(packed: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 9; at < packed.length; ) {
    const end = at + 4 + packed.readUInt32BE(at);
    pieces.push(packed.subarray(at + 5, end));
    at = end;
  }
  return Buffer.concat(pieces);
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
