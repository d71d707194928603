import { randomBytes } from 'node:crypto';
import { AicoError, type BackupInfo, type BackupProgress } from '@aico/sdk';
import type { BackedFile, BackupBody } from './backup-file.ts';
import type { BackupKeys } from './chunk-seal.ts';
import type { ChunkStore } from './chunk-store.ts';
import { assertHeld, FileCopier, type PackedDatabases } from './copy-files.ts';
import { onFolder } from './disk-error.ts';
import { closeFiles, type OpenedFile, openHomeFiles } from './home-files.ts';
import { KnownFiles } from './known-files.ts';
import { readAt } from './pack-file.ts';
import type { Repository } from './repository.ts';

/** The moment that a backup is of. */
export interface StillMoment {
  readonly plugins: readonly string[];
  readonly leftOut: readonly { readonly plugin: string; readonly code: string }[];
  /** Databases in pieces; their files are copied as they lie where there is none. */
  readonly packed?: PackedDatabases;
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
  /** Which AICO makes it. */
  readonly origin: string;
  /** @throws AicoError BACKUP_INTERRUPTED when another AICO may have removed what this one wrote */
  readonly assertAlone: () => Promise<void>;
  /** What the backup before holds: what did not change since is not read. */
  readonly before: BackupBody | undefined;
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
  const { repository, keys, epoch, origin, home, version, assertAlone } = powers;
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
    const body: BackupBody = { files, databases: moment.plugins, leftOut: moment.leftOut };
    await onFolder(repository.folder, assertAlone);
    await repository.write(keys, { info, vault, epoch, origin }, body);
    try {
      await onFolder(repository.folder, assertAlone);
    } catch (error) {
      // Whoever went on meanwhile may not have seen it.
      await repository.remove(info.id);
      throw error;
    }
    return info;
  } finally {
    await closeFiles(opened);
  }
}

async function copyFiles(
  { home, repository, progress, signal, isDamaged, before }: CreatePowers,
  chunks: ChunkStore,
  moment: StillMoment,
  opened: readonly OpenedFile[],
): Promise<BackedFile[]> {
  const known = new KnownFiles(before, (name) => chunks.has(name) && !isDamaged(name));
  const copying = { home, folder: repository.folder, chunks, known, isDamaged, progress, signal };
  const copier = new FileCopier({ ...copying, packed: moment.packed, renew: () => moment.resume() }, opened);
  const files: BackedFile[] = [];
  for (const each of opened) files.push(await copier.copy(each));
  const total = opened.reduce((sum, { size }) => sum + size, 0);
  await progress({ phase: 'writing', done: total, total });
  return files;
}

async function readVault(opened: readonly OpenedFile[]): Promise<string> {
  const vault = opened.find(({ path }) => path === VAULT_FILE);
  if (vault?.file === undefined) throw new AicoError('BACKUP_NO_VAULT', { subject: 'backup' });
  return (await readAt(vault.file, 0, vault.size)).toString();
}
