import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError, type BackupInfo, isAicoError } from '@aico/sdk';
import { BACKUP_SUFFIX, type BackupBody, decodeBackup, encodeBackup, type ReadBackup } from './backup-file.ts';
import { type BackupFiles, DiskFiles } from './backup-files.ts';
import type { BackupHead } from './backup-head.ts';
import type { BackupKeys } from './chunk-seal.ts';
import { ChunkStore } from './chunk-store.ts';
import { onFolder } from './disk-error.ts';
import { writeFileAtomic } from './durable-file.ts';
import { epochsAmong, KEY_SUFFIX } from './epoch-keys.ts';

const MARK = 'aico-backups.json';
const FORMAT = 1;

/** A file that should be a backup and is not. */
export interface UnreadableBackup {
  readonly file: string;
  readonly error: AicoError;
}

/** The folder where backups go: a mark, what each backup holds (`backups/`), and the pieces themselves (`packs/`). */
export class Repository {
  readonly folder: string;
  readonly #backups: string;
  readonly #packs: string;
  readonly #files: BackupFiles;

  /** @param files what reads it, where that is not this process itself; it is not written to then */
  constructor(folder: string, files: BackupFiles = new DiskFiles(folder)) {
    this.folder = folder;
    this.#files = files;
    this.#backups = join(folder, 'backups');
    this.#packs = join(folder, 'packs');
  }

  /** Where key files lie among the backups. */
  get keys(): string {
    return join(this.folder, 'keys');
  }

  /** The key files among the backups, by their epochs. */
  async keyFiles(): Promise<ReadonlyMap<string, Buffer>> {
    const found = new Map<string, Buffer>();
    for (const epoch of epochsAmong((await this.#files.names('keys')) ?? [])) {
      const bytes = await this.#readIfThere(`keys/${epoch}${KEY_SUFFIX}`);
      if (bytes !== undefined) found.set(epoch, bytes);
    }
    return found;
  }

  /** Whether backups went here before. @throws AicoError BACKUP_NEWER, BACKUP_FOLDER_GONE */
  async isMarked(): Promise<boolean> {
    const text = await this.#readIfThere(MARK);
    if (text === undefined) return false;
    const { format } = parse(text.toString());
    if (typeof format === 'number' && format > FORMAT)
      throw new AicoError('BACKUP_NEWER', { subject: this.folder, details: { found: format, known: FORMAT } });
    return true;
  }

  /** Makes the folder ready to be written to; the folder around it has to be there. @throws AicoError BACKUP_… */
  prepare(): Promise<void> {
    return onFolder(this.folder, async () => {
      for (const folder of [this.folder, this.#backups, this.#packs]) await makeFolder(folder);
      await this.#tidy();
      const mark = { format: FORMAT, what: 'Backups of AICO, encrypted. Restore with: aico backup restore' };
      if (!(await this.isMarked()))
        await writeFileAtomic(join(this.folder, MARK), Buffer.from(`${JSON.stringify(mark)}\n`));
    });
  }

  chunks(keys: BackupKeys): Promise<ChunkStore> {
    return onFolder(this.folder, () => ChunkStore.open(this.#packs, this.#files, keys));
  }

  /** Newest first. @throws AicoError BACKUP_FOLDER_GONE */
  async list(): Promise<{ backups: BackupInfo[]; unreadable: UnreadableBackup[] }> {
    const [backups, unreadable]: [BackupInfo[], UnreadableBackup[]] = [[], []];
    for (const file of await this.#names()) {
      try {
        backups.push((await this.read(file.slice(0, -BACKUP_SUFFIX.length))).info);
      } catch (error) {
        if (!isAicoError(error)) throw error;
        unreadable.push({ file, error });
      }
    }
    // Names tell the second, of which two may have one.
    backups.sort((one, other) => other.createdAt.localeCompare(one.createdAt) || other.id.localeCompare(one.id));
    return { backups, unreadable };
  }

  /** @throws AicoError BACKUP_UNKNOWN, BACKUP_DAMAGED, BACKUP_NEWER, BACKUP_UNREADABLE */
  async read(id: string): Promise<ReadBackup> {
    const bytes = await this.#readIfThere(`backups/${id}${BACKUP_SUFFIX}`);
    if (bytes === undefined) throw new AicoError('BACKUP_UNKNOWN', { subject: id });
    return decodeBackup(id, bytes);
  }

  /** The last step of a backup: from now on it is one. */
  write(keys: BackupKeys, head: BackupHead, body: BackupBody): Promise<void> {
    const path = join(this.#backups, head.info.id + BACKUP_SUFFIX);
    return onFolder(this.folder, () => writeFileAtomic(path, encodeBackup(keys, head, body)));
  }

  remove(id: string): Promise<void> {
    return onFolder(this.folder, () => rm(join(this.#backups, id + BACKUP_SUFFIX), { force: true }));
  }

  async #names(): Promise<string[]> {
    const names = await onFolder(this.folder, () => this.#files.names('backups'));
    if (names !== undefined) return names.filter((name) => name.endsWith(BACKUP_SUFFIX));
    if (!(await this.isMarked())) return [];
    throw new AicoError('BACKUP_FOLDER_GONE', { subject: this.folder, details: { problem: 'ENOENT' } });
  }

  async #readIfThere(path: string): Promise<Buffer | undefined> {
    try {
      return await this.#files.read(path);
    } catch (error) {
      if (isAicoError(error)) throw error;
      const { code = String(error) } = error as NodeJS.ErrnoException;
      throw new AicoError('BACKUP_UNREADABLE', {
        subject: join(this.folder, path),
        details: { problem: code },
        cause: error,
      });
    }
  }

  /** Half-written files of a backup that was cut off. */
  async #tidy(): Promise<void> {
    for (const folder of [this.#backups, this.#packs])
      for (const name of await readdir(folder))
        if (name.endsWith('.new')) await rm(join(folder, name), { force: true });
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
