import type { Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError, type ExportPiece } from '@aico/schemas';

type Piece = Pick<ExportPiece, 'file' | 'data' | 'last'>;

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** Up to three names of letters, digits, `-`, `_` and single dots: none leads out of the folder. */
const PATH = /^[A-Za-z0-9][\w-]*(\.[\w-]+)*(\/[A-Za-z0-9][\w-]*(\.[\w-]+)*){0,2}$/;

/**
 * The folder that an export goes to: a new one, or one that is empty. Files in it are readable by nobody else. Whatever fails,
 * what was written here is removed again, and nothing else is touched.
 */
export class ExportFolder {
  readonly #path: string;
  /** Whether the folder itself was made here. */
  readonly #isNew: boolean;
  readonly #identity: Stats;
  readonly #open = new Map<string, FileHandle>();
  readonly #files: string[] = [];
  readonly #folders: string[] = [];

  private constructor(path: string, isNew: boolean, identity: Stats) {
    this.#path = path;
    this.#isNew = isNew;
    this.#identity = identity;
  }

  /** @throws AicoError EXPORT_FOLDER_TAKEN, EXPORT_UNWRITABLE */
  static async claim(path: string): Promise<ExportFolder> {
    const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw unwritable(path, error);
    });
    if (found !== undefined) {
      const taken = (problem: string) => new AicoError('EXPORT_FOLDER_TAKEN', { subject: path, details: { problem } });
      if (found.isSymbolicLink()) throw taken('it is a link to somewhere else');
      if (!found.isDirectory()) throw taken('it is no folder');
      const names = await readdir(path).catch((error: unknown) => {
        throw unwritable(path, error);
      });
      if (names.length > 0) throw taken('there is something in it');
      return new ExportFolder(path, false, found);
    }
    try {
      await mkdir(path, { mode: FOLDER_MODE });
      return new ExportFolder(path, true, await lstat(path));
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** @throws AicoError EXPORT_UNWRITABLE */
  async write({ file, data, last }: Piece): Promise<void> {
    if (!PATH.test(file)) throw unwritable(this.#path, new Error(`${file} lies outside of it`));
    try {
      const handle = this.#open.get(file) ?? (await this.#begin(file));
      await handle.writeFile(Buffer.from(data, 'base64'));
      if (last !== true) return;
      await handle.sync();
      this.#open.delete(file);
      await handle.close();
    } catch (error) {
      throw unwritable(this.#path, error);
    }
  }

  /** All of it has come. @throws AicoError EXPORT_UNWRITABLE when the folder is not there any more, or a file is not whole */
  async finish(): Promise<void> {
    await this.#assertSame();
    const [half] = this.#open.keys();
    if (half !== undefined) throw unwritable(this.#path, new Error(`${half} has no end`));
  }

  /** Removes what was written here. */
  async discard(): Promise<void> {
    for (const handle of this.#open.values()) await handle.close().catch(() => undefined);
    this.#open.clear();
    // Another folder that stands in its place now is not ours.
    if (
      await this.#assertSame().then(
        () => false,
        () => true,
      )
    )
      return;
    for (const file of this.#files) await unlink(join(this.#path, file)).catch(() => undefined);
    for (const folder of this.#folders.toReversed()) await rmdir(join(this.#path, folder)).catch(() => undefined);
    if (this.#isNew) await rmdir(this.#path).catch(() => undefined);
  }

  async #begin(file: string): Promise<FileHandle> {
    await this.#assertSame();
    const parts = file.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const folder = parts.slice(0, depth).join('/');
      if (this.#folders.includes(folder)) continue;
      await mkdir(join(this.#path, folder), { mode: FOLDER_MODE });
      this.#folders.push(folder);
    }
    // A file that is there already, or a link, is never written to.
    const handle = await open(join(this.#path, file), 'wx', FILE_MODE);
    this.#files.push(file);
    this.#open.set(file, handle);
    return handle;
  }

  async #assertSame(): Promise<void> {
    const now = await lstat(this.#path).catch((error: unknown) => {
      throw unwritable(this.#path, error);
    });
    if (now.ino !== this.#identity.ino || now.dev !== this.#identity.dev)
      throw unwritable(this.#path, new Error('another folder took its place'));
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EDQUOT: 'your share of the disk is full',
  EEXIST: 'somebody else writes there',
  EIO: 'the disk failed',
  ENODEV: 'the disk is away',
  ENOENT: 'the folder, or the one that it lies in, is not there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'the folder, or the one that it lies in, is not there',
  EPERM: 'you may not write there',
  EROFS: 'the disk can only be read',
};

function unwritable(path: string, cause: unknown): AicoError {
  if (cause instanceof AicoError) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const problem = REASONS[code] ?? (code === '' ? message : code);
  return new AicoError('EXPORT_UNWRITABLE', { subject: path, details: { problem }, cause });
}
