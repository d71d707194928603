import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { AicoError, type BackupInfo, type BackupProgress } from '@aico/sdk';
import type { BackedFile } from './backup-file.ts';
import type { BackupKeys } from './chunk-seal.ts';
import { CHUNK_BYTES, type ChunkStore } from './chunk-store.ts';
import { onFolder } from './disk-error.ts';
import { closeFiles, type OpenedFile, openBlob, openHomeFiles } from './home-files.ts';
import { readAt } from './pack-file.ts';
import type { Repository } from './repository.ts';

/** The moment that a backup is of. */
export interface StillMoment {
  readonly plugins: readonly string[];
  readonly leftOut: readonly { readonly plugin: string; readonly code: string }[];
  /** Lets writing go on beside the files, and says again that they are still needed. Whether they are as they were. */
  resume(): Promise<boolean>;
  /** Whether the files stayed as they were to the end. */
  end(): Promise<boolean>;
}

/** What making a backup needs of the world. */
export interface CreatePowers {
  readonly home: string;
  readonly repository: Repository;
  readonly keys: BackupKeys;
  /** Whose they are. */
  readonly epoch: string;
  readonly version: string;
  readonly now: () => Date;
  readonly begin: () => Promise<StillMoment>;
  readonly progress: (progress: BackupProgress) => Promise<void>;
  /** Aborts when the vault is locked or the plugin goes. */
  readonly signal: AbortSignal;
  /** Whether a chunk was found damaged, and is to be written once more. */
  readonly isDamaged: (name: string) => boolean;
}

const VAULT_FILE = 'vault/vault.json';
const RENEW_EVERY_MS = 10_000;
const MEGABYTE = 1024 * 1024;

/** Backs everything up as it is at one moment. @throws AicoError BACKUP_…; backups made before are unharmed */
export async function createBackup(powers: CreatePowers): Promise<BackupInfo> {
  const { repository, keys, progress } = powers;
  await repository.prepare();
  const chunks = await repository.chunks(keys);
  try {
    await progress({ phase: 'pausing', done: 0, total: 0 });
    const createdAt = powers.now();
    const moment = await powers.begin();
    try {
      return await writeMoment(powers, chunks, moment, createdAt);
    } finally {
      await moment.end().catch(() => false);
    }
  } finally {
    await chunks.close();
  }
}

async function writeMoment(
  powers: CreatePowers,
  chunks: ChunkStore,
  moment: StillMoment,
  createdAt: Date,
): Promise<BackupInfo> {
  const { repository, keys, epoch, home, version } = powers;
  const opened = await openHomeFiles(home, moment.plugins);
  try {
    const vault = await readVault(opened);
    assertHeld(await moment.resume());
    const files = await copyFiles(powers, chunks, moment, opened);
    await onFolder(repository.folder, () => chunks.flush());
    assertHeld(await moment.end());
    const info: BackupInfo = {
      id: `${createdAt.toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}`,
      createdAt: createdAt.toISOString(),
      bytes: opened.reduce((sum, { size }) => sum + size, 0),
      newBytes: chunks.written,
      files: files.length,
      databases: moment.plugins.length,
      leftOut: moment.leftOut.length,
      version,
    };
    powers.signal.throwIfAborted();
    await repository.write(keys, { info, vault, epoch }, { files, databases: moment.plugins, leftOut: moment.leftOut });
    return info;
  } finally {
    await closeFiles(opened);
  }
}

async function copyFiles(
  { home, repository, progress, signal, isDamaged }: CreatePowers,
  chunks: ChunkStore,
  moment: StillMoment,
  opened: readonly OpenedFile[],
): Promise<BackedFile[]> {
  const total = opened.reduce((sum, { size }) => sum + size, 0);
  const files: BackedFile[] = [];
  let [done, told, renewedAt] = [0, 0, performance.now()];
  const copy = async (path: string, file: FileHandle, size: number): Promise<void> => {
    const names: Buffer[] = [];
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      signal.throwIfAborted();
      const length = Math.min(CHUNK_BYTES, size - at);
      const content = await readAt(file, at, length);
      if (content.length < length) throw interrupted(`${path} became shorter`);
      names.push(Buffer.from(await onFolder(repository.folder, () => chunks.keep(content, isDamaged)), 'hex'));
      done += length;
      if (done - told >= MEGABYTE) {
        told = done;
        await progress({ phase: 'writing', done, total });
      }
      if (performance.now() - renewedAt < RENEW_EVERY_MS) continue;
      renewedAt = performance.now();
      assertHeld(await moment.resume());
    }
    files.push({ path, size, chunks: Buffer.concat(names).toString('base64') });
  };
  for (const { path, file, size } of opened) {
    if (file !== undefined) {
      await copy(path, file, size);
      continue;
    }
    const blob = await openBlob(home, path);
    await copy(path, blob, size).finally(() => blob.close());
  }
  await progress({ phase: 'writing', done: total, total });
  return files;
}

async function readVault(opened: readonly OpenedFile[]): Promise<string> {
  const vault = opened.find(({ path }) => path === VAULT_FILE);
  if (vault?.file === undefined) throw new AicoError('BACKUP_NO_VAULT', { subject: 'backup' });
  return (await readAt(vault.file, 0, vault.size)).toString();
}

function assertHeld(held: boolean): void {
  if (!held) throw interrupted('the databases were closed or started anew meanwhile');
}

function interrupted(problem: string): AicoError {
  return new AicoError('BACKUP_INTERRUPTED', { subject: 'backup', details: { problem } });
}
