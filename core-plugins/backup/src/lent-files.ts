import { AicoError, type Bus } from '@aico/sdk';
import type { BackupFiles, BackupPart, ReadableFile } from './backup-files.ts';

/** As many as an answer may carry. */
const PIECE_BYTES = 512 * 1024;
/** A disk may sleep, a share be slow. */
const TIMEOUT_MS = 60_000;

type Reads = Pick<Bus, 'request'>;

/** A folder that this process may not see: who asked for something of it hands out its files while it waits. */
export class LentFiles implements BackupFiles {
  readonly #bus: Reads;
  readonly #folder: string;

  constructor(bus: Reads, folder: string) {
    this.#bus = bus;
    this.#folder = folder;
  }

  async names(part: BackupPart): Promise<readonly string[] | undefined> {
    const found: string[] = [];
    for (let [after, more] = ['', true]; more; after = found.at(-1) ?? '') {
      const asked = { folder: this.#folder, of: part, after };
      const page = await this.#bus.request('backup.source.list.v1', asked, { timeoutMs: TIMEOUT_MS });
      if (!page.there) return undefined;
      found.push(...page.names);
      more = page.more && page.names.length > 0;
    }
    return found;
  }

  async read(path: string): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for (let [at, size] = [0, 1]; at < size; ) {
      const piece = await this.#piece(path, at, PIECE_BYTES);
      if (piece === undefined) return undefined;
      if (piece.bytes.length === 0) break;
      pieces.push(piece.bytes);
      at += piece.bytes.length;
      size = piece.size;
    }
    return Buffer.concat(pieces);
  }

  async open(path: string): Promise<ReadableFile> {
    const opened = await this.#piece(path, 0, 1);
    if (opened === undefined) throw gone(this.#folder, path);
    const { size } = opened;
    let ahead = { at: 0, bytes: opened.bytes };
    return {
      stat: async () => ({ size }),
      read: async (into, at, length, position) => {
        const isAhead = position >= ahead.at && position < ahead.at + ahead.bytes.length;
        if (!isAhead) {
          // What goes on where it ended is read through: the pieces of a file lie one behind the other.
          const wanted = position === ahead.at + ahead.bytes.length ? PIECE_BYTES : Math.min(length, PIECE_BYTES);
          const piece = await this.#piece(path, position, wanted);
          if (piece === undefined) throw gone(this.#folder, path);
          ahead = { at: position, bytes: piece.bytes };
        }
        const start = position - ahead.at;
        return { bytesRead: ahead.bytes.copy(into, at, start, Math.min(ahead.bytes.length, start + length)) };
      },
      close: async () => undefined,
    };
  }

  async #piece(
    file: string,
    offset: number,
    bytes: number,
  ): Promise<{ readonly size: number; readonly bytes: Buffer } | undefined> {
    const asked = { folder: this.#folder, file, offset, bytes };
    const { there, size, data } = await this.#bus.request('backup.source.read.v1', asked, { timeoutMs: TIMEOUT_MS });
    return there ? { size, bytes: Buffer.from(data, 'base64') } : undefined;
  }
}

function gone(folder: string, path: string): AicoError {
  return new AicoError('BACKUP_FOLDER_GONE', { subject: folder, details: { problem: `it has no ${path} any more` } });
}
