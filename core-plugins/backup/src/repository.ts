import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError, type BackupInfo, isAicoError } from '@aico/sdk';
import { BACKUP_SUFFIX, type BackupBody, decodeBackup, encodeBackup, type ReadBackup } from './backup-file.ts';
import type { BackupHead } from './backup-head.ts';
import type { BackupKeys } from './chunk-seal.ts';
import { ChunkStore } from './chunk-store.ts';
import { folderError, onFolder } from './disk-error.ts';
import { writeFileAtomic } from './durable-file.ts';

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

  constructor(folder: string) {
    this.folder = folder;
    this.#backups = join(folder, 'backups');
    this.#packs = join(folder, 'packs');
  }

  /** Where key files lie among the backups. */
  get keys(): string {
    return join(this.folder, 'keys');
  }

  /** Whether backups went here before. @throws AicoError BACKUP_NEWER, BACKUP_FOLDER_GONE */
  async isMarked(): Promise<boolean> {
    const text = await this.#readIfThere(join(this.folder, MARK));
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
    return onFolder(this.folder, () => ChunkStore.open(this.#packs, keys));
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
    const path = join(this.#backups, id + BACKUP_SUFFIX);
    const bytes = await this.#readIfThere(path);
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
    try {
      return (await readdir(this.#backups)).filter((name) => name.endsWith(BACKUP_SUFFIX));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !(await this.isMarked())) return [];
      throw folderError(this.folder, error);
    }
  }

  async #readIfThere(path: string): Promise<Buffer | undefined> {
    try {
      return await readFile(path);
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw new AicoError('BACKUP_UNREADABLE', { subject: path, details: { problem: code }, cause: error });
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
