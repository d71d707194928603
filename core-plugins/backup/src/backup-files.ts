import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { folderSilent } from './disk-error.ts';

/** A disk that sleeps takes some seconds to wake up. */
export const PATIENCE_MS = 15_000;

/** What a folder of backups has in it. */
export type BackupPart = 'backups' | 'packs' | 'keys';

/** A file that is read here and there; a handle of the disk is one. */
export interface ReadableFile {
  stat(): Promise<{ readonly size: number }>;
  read(bytes: Buffer, at: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

/** Reads a folder of backups, wherever it lies. */
export interface BackupFiles {
  /** Names of the files of a part; undefined where there is no such folder. */
  names(part: BackupPart): Promise<readonly string[] | undefined>;
  /** All of a file, by its path in the folder; undefined where there is none. */
  read(path: string): Promise<Buffer | undefined>;
  open(path: string): Promise<ReadableFile>;
}

/** A folder that this process may read. */
export class DiskFiles implements BackupFiles {
  readonly folder: string;
  readonly #patienceMs: number;
  #hanging = 0;

  /** @param patienceMs how long the folder may take to answer at all */
  constructor(folder: string, patienceMs: number = PATIENCE_MS) {
    this.folder = folder;
    this.#patienceMs = patienceMs;
  }

  names(part: BackupPart): Promise<readonly string[] | undefined> {
    return ifThere(this.#answered(() => readdir(join(this.folder, part))));
  }

  async read(path: string): Promise<Buffer | undefined> {
    const file = await ifThere(this.#open(path));
    return file?.readFile().finally(() => file.close());
  }

  open(path: string): Promise<ReadableFile> {
    return this.#open(path);
  }

  #open(path: string): Promise<FileHandle> {
    return this.#answered(
      () => open(join(this.folder, path), 'r'),
      (file) => file.close(),
    );
  }

  /**
   * What a share answers that may hang.
   * @param late what becomes of an answer that nobody waits for any more
   * @throws AicoError BACKUP_FOLDER_GONE
   */
  async #answered<Answer>(
    ask: () => Promise<Answer>,
    late: (answer: Answer) => Promise<void> = async () => {},
  ): Promise<Answer> {
    // Each of them holds one of the few threads with which this process reads files, also those of the data folder.
    if (this.#hanging > 0) throw folderSilent(this.folder);
    const asked = ask();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#patienceMs);
    });
    try {
      if ((await Promise.race([asked, patience])) !== 'late') return await asked;
    } finally {
      clearTimeout(timer);
    }
    this.#hanging += 1;
    void asked
      .then(late)
      .catch(() => undefined)
      .finally(() => {
        this.#hanging -= 1;
      });
    throw folderSilent(this.folder);
  }
}

/** What is found; undefined when it is not there. */
export async function ifThere<Value>(found: Promise<Value>): Promise<Value | undefined> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
