import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError, type BackupInfo, isAicoError } from '@aico/sdk';
import { BACKUP_SUFFIX, type BackupBody, decodeBackup, encodeBackup, type ReadBackup } from './backup-file.ts';
import { type BackupFiles, DiskFiles } from './backup-files.ts';
import type { BackupHead } from './backup-head.ts';
import type { BackupKeys } from './chunk-seal.ts';
import { ChunkStore } from './chunk-store.ts';
import { folderGone, onFolder, readingFolder, unreadable } from './disk-error.ts';
import { writeFileAtomic } from './durable-file.ts';
import { epochsAmong, KEY_SUFFIX } from './epoch-keys.ts';
import { byTheClock } from './retention.ts';

const MARK = 'aico-backups.json';
const FORMAT = 1;

/** A file that should be a backup and is not. */
export interface UnreadableBackup {
  readonly file: string;
  readonly error: AicoError;
}

export interface FoundBackups {
  readonly backups: readonly BackupInfo[];
  /** How many of them, at the end, are from times that are still to come. */
  readonly ahead: number;
  readonly unreadable: readonly UnreadableBackup[];
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

  /** Whether backups went here before. @throws AicoError BACKUP_NEWER, BACKUP_FOLDER_GONE, BACKUP_UNREADABLE */
  async isMarked(): Promise<boolean> {
    const text = await readingFolder(this.folder, () => this.#files.read(MARK));
    if (text === undefined) return false;
    const { format } = parse(text.toString());
    if (typeof format === 'number' && format > FORMAT)
      throw new AicoError('BACKUP_NEWER', { subject: this.folder, details: { found: format, known: FORMAT } });
    return true;
  }

  /** Makes the folder, if it is not there; the one around it has to be. @throws AicoError BACKUP_… */
  begin(): Promise<void> {
    return onFolder(this.folder, () => makeFolder(this.folder));
  }

  /** Makes the folder ready to be written to, by nobody else meanwhile. @throws AicoError BACKUP_… */
  prepare(): Promise<void> {
    return onFolder(this.folder, async () => {
      for (const folder of [this.#backups, this.#packs]) await makeFolder(folder);
      await this.#tidy();
      const mark = { format: FORMAT, what: 'Backups of AICO, encrypted. Restore with: aico backup restore' };
      if (!(await this.isMarked()))
        await writeFileAtomic(join(this.folder, MARK), Buffer.from(`${JSON.stringify(mark)}\n`));
    });
  }

  chunks(keys: BackupKeys): Promise<ChunkStore> {
    return readingFolder(this.folder, () => ChunkStore.open(this.#packs, this.#files, keys));
  }

  /**
   * Newest first; at the end those dated ahead of now.
   * @param own which AICO asks: it is told which others made
   * @throws AicoError BACKUP_FOLDER_GONE, BACKUP_NEWER
   */
  async list(now: Date, own?: string): Promise<FoundBackups> {
    const [found, unreadable]: [BackupInfo[], UnreadableBackup[]] = [[], []];
    const names = await this.#names();
    // What a newer AICO laid out may be told by no backup in it.
    await this.isMarked();
    for (const file of names) {
      try {
        const { info, origin = own } = await this.#read(file.slice(0, -BACKUP_SUFFIX.length));
        found.push(own === undefined || origin === own ? info : { ...info, elsewhere: true });
      } catch (error) {
        if (!isAicoError(error)) throw error;
        unreadable.push({ file, error });
      }
    }
    const { told, ahead } = byTheClock(found, now);
    return { backups: [...told, ...ahead], ahead: ahead.length, unreadable };
  }

  /** @throws AicoError BACKUP_UNKNOWN, BACKUP_DAMAGED, BACKUP_NEWER, BACKUP_UNREADABLE */
  async read(id: string): Promise<ReadBackup> {
    await this.isMarked();
    return this.#read(id);
  }

  async #read(id: string): Promise<ReadBackup> {
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
    const names = await readingFolder(this.folder, () => this.#files.names('backups'));
    if (names !== undefined) return names.filter((name) => name.endsWith(BACKUP_SUFFIX));
    if (!(await this.isMarked())) return [];
    throw folderGone(this.folder);
  }

  async #readIfThere(path: string): Promise<Buffer | undefined> {
    try {
      return await this.#files.read(path);
    } catch (error) {
      if (isAicoError(error)) throw error;
      throw unreadable(join(this.folder, path), error);
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

/** What a mark says; nothing, where it was damaged. */
function parse(text: string): { readonly format?: unknown } {
  try {
    return (JSON.parse(text) as { readonly format?: unknown } | null) ?? {};
  } catch {
    return {};
  }
}
