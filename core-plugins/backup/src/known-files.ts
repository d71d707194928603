import { isAicoError } from '@aico/sdk';
import type { BackedFile, BackupBody } from './backup-file.ts';
import { type BackupKeys, NAME_BYTES } from './chunk-seal.ts';
import type { Repository } from './repository.ts';

/** Bytes of what a piece is known by. */
export const MARK_BYTES = 16;

interface KnownFile {
  readonly size: number;
  readonly chunks: Buffer;
  readonly marks: Buffer;
}

/** What the backup before holds of files: what has the same marks as then is the same, and needs no reading. */
export class KnownFiles {
  readonly #files: ReadonlyMap<string, BackedFile>;
  readonly #isThere: (name: string) => boolean;
  #last: { readonly path: string; readonly file: KnownFile } | undefined;

  /** @param isThere whether a chunk is in the folder, and none that was found damaged */
  constructor(body: Pick<BackupBody, 'files'> | undefined, isThere: (name: string) => boolean) {
    this.#files = new Map(body?.files.filter(({ marks }) => marks !== undefined).map((file) => [file.path, file]));
    this.#isThere = isThere;
  }

  /** Chunks of a file that is known by one mark, if it is the same as then. */
  file(path: string, size: number, mark: Buffer): Buffer | undefined {
    const known = this.#find(path);
    if (known?.size !== size || !known.marks.equals(mark)) return undefined;
    for (let at = 0; at < known.chunks.length; at += NAME_BYTES)
      if (!this.#isThere(known.chunks.toString('hex', at, at + NAME_BYTES))) return undefined;
    return known.chunks;
  }

  /** The chunk of one piece of a file, if that is the same as then. */
  piece(path: string, index: number, mark: Buffer): Buffer | undefined {
    const known = this.#find(path);
    const then = known?.marks.subarray(index * MARK_BYTES, (index + 1) * MARK_BYTES);
    if (known === undefined || mark.length !== MARK_BYTES || then?.equals(mark) !== true) return undefined;
    const name = known.chunks.subarray(index * NAME_BYTES, (index + 1) * NAME_BYTES);
    return name.length === NAME_BYTES && this.#isThere(name.toString('hex')) ? name : undefined;
  }

  #find(path: string): KnownFile | undefined {
    if (this.#last?.path === path) return this.#last.file;
    const found = this.#files.get(path);
    if (found === undefined) return undefined;
    const { size, chunks, marks = '' } = found;
    const file = { size, chunks: Buffer.from(chunks, 'base64'), marks: Buffer.from(marks, 'base64') };
    this.#last = { path, file };
    return file;
  }
}

/** The newest backup of an epoch that opens: what it holds need not be read again. */
export async function newestBody(
  repository: Repository,
  epoch: string,
  keys: BackupKeys,
  now: Date,
): Promise<BackupBody | undefined> {
  for (const { id } of (await repository.list(now)).backups) {
    try {
      const backup = await repository.read(id);
      if (backup.epoch === epoch) return backup.open(keys);
    } catch (error) {
      // What cannot be read helps nobody here; whoever asks for it is told.
      if (!isAicoError(error)) throw error;
    }
  }
  return undefined;
}
