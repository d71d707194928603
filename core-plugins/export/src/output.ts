import { createHash, type Hash } from 'node:crypto';
import type { ExportFile, ExportPiece } from '@aico/sdk';

/** Bytes of a piece: as many as a message on the bus may carry of a file. */
const MOST_BYTES = 196_608;

type Piece = Pick<ExportPiece, 'file' | 'data' | 'last'>;

interface Open {
  readonly hash: Hash;
  readonly waiting: Buffer[];
  held: number;
  size: number;
}

/** The files of an export on their way out: in pieces, side by side, each counted and summed up. */
export class Output {
  readonly #send: (piece: Piece) => Promise<void>;
  readonly #open = new Map<string, Open>();
  readonly #files: ExportFile[] = [];

  constructor(send: (piece: Piece) => Promise<void>) {
    this.#send = send;
  }

  /** Files that are complete. */
  get files(): readonly ExportFile[] {
    return this.#files;
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(content as Uint8Array);
    const file = this.#open.get(path) ?? { hash: createHash('sha256'), waiting: [], held: 0, size: 0 };
    this.#open.set(path, file);
    file.hash.update(bytes);
    file.size += bytes.length;
    file.held += bytes.length;
    file.waiting.push(bytes);
    if (file.held >= MOST_BYTES) await this.#flush(path, file);
  }

  /** Ends a file. @param about what the manifest says of it beside its size and sum */
  async end(path: string, about: Pick<ExportFile, 'plugin' | 'kind' | 'records'> = {}): Promise<void> {
    const file = this.#open.get(path);
    if (file === undefined) return;
    this.#open.delete(path);
    await this.#flush(path, file, true);
    this.#files.push({ path, size: file.size, sha256: file.hash.digest('hex'), ...about });
  }

  async #flush(path: string, file: Open, last = false): Promise<void> {
    const bytes = Buffer.concat(file.waiting.splice(0));
    file.held = 0;
    for (let at = 0; at < bytes.length || (last && at === 0); at += MOST_BYTES) {
      const isLast = last && at + MOST_BYTES >= bytes.length;
      const data = bytes.subarray(at, at + MOST_BYTES).toString('base64');
      await this.#send({ file: path, data, ...(isLast && { last: true }) });
    }
  }
}
