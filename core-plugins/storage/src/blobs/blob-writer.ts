import { createHmac, type Hmac, randomFillSync } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { zstdCompressSync } from 'node:zlib';
import type { BlobInfo } from '@aico/sdk';
import { BODY_AT, CHUNK_BYTES, compressedOpening, encodeHead, fileKeyOf, newOpening, sealChunk } from './blob-file.ts';
import { encodeTable, fillingOf } from './chunk-table.ts';

/** What is gathered before it is written: every write waits for the disk. */
const WRITE_BYTES = 1024 * 1024;
/** What compressing a chunk has to save: less is not worth the work of reading it. */
const LEAST_SAVED = 1 / 16;
const LEAST_SAVED_BYTES = 128;
/** What comes out is one piece, also when it is longer than the chunk. */
const COMPRESSING = { chunkSize: CHUNK_BYTES + 1024 };
const { O_WRONLY, O_CREAT, O_EXCL, O_SYNC = 0 } = constants;

/** What a new blob is named and sealed by. */
export interface BlobWriterKeys {
  readonly address: Uint8Array;
  readonly content: Uint8Array;
  /** Which of the plugin's keys seals it. */
  readonly generation: number;
}

/** Writes a blob into a file of its own, which is none until its head is there. */
export class BlobWriter {
  readonly path: string;
  readonly generation: number;
  #file: Promise<FileHandle> | undefined;
  #closed = false;
  readonly #opening: Buffer;
  readonly #key: Buffer;
  readonly #sum: Hmac;
  /** Content that is no whole chunk yet. */
  readonly #rest: Buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  #restBytes = 0;
  /** Of the sealed chunks, in bytes. */
  readonly #lengths: number[] = [];
  #isCompressed = false;
  #size = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #at = BODY_AT;

  constructor(path: string, { address, content, generation }: BlobWriterKeys) {
    this.path = path;
    this.generation = generation;
    this.#opening = newOpening(generation);
    this.#key = fileKeyOf(content, this.#opening);
    this.#sum = createHmac('sha256', address);
  }

  /** Bytes that were given to it. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of its file so far; all of it when it is finished. */
  get fileBytes(): number {
    return this.#at + this.#waitingBytes;
  }

  async write(content: Uint8Array): Promise<void> {
    this.#sum.update(content);
    this.#size += content.length;
    for (let at = 0; at < content.length; ) {
      const part = content.subarray(at, at + CHUNK_BYTES - this.#restBytes);
      this.#rest.set(part, this.#restBytes);
      this.#restBytes += part.length;
      at += part.length;
      if (this.#restBytes === CHUNK_BYTES) this.#seal();
    }
    if (this.#waitingBytes >= WRITE_BYTES) await this.#flush();
  }

  /** Ends the file, which is whole and on the disk then, under the name that it was begun with. */
  async finish(): Promise<BlobInfo> {
    if (this.#restBytes > 0) this.#seal();
    if (this.#isCompressed) await this.#addTable();
    await this.#flush();
    const info = { id: this.#sum.digest('hex'), size: this.#size };
    this.#assertOpen();
    const opening = this.#isCompressed ? compressedOpening(this.#opening) : this.#opening;
    await writeAll(await this.#opened(), encodeHead(this.#key, opening, info.id, info.size), 0);
    await this.#close();
    return info;
  }

  /** Leaves nothing. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined);
    await rm(this.path, { force: true });
  }

  #seal(): void {
    this.#assertOpen();
    const content = this.#rest.subarray(0, this.#restBytes);
    const small = zstdCompressSync(content, COMPRESSING);
    const isWorthIt = content.length - small.length >= Math.max(LEAST_SAVED_BYTES, content.length * LEAST_SAVED);
    const sealed = sealChunk(this.#key, this.#lengths.length, isWorthIt ? small : content);
    small.fill(0);
    this.#isCompressed ||= isWorthIt;
    this.#lengths.push(sealed.length);
    this.#restBytes = 0;
    this.#add(sealed);
  }

  async #addTable(): Promise<void> {
    this.#assertOpen();
    const table = encodeTable(this.#key, this.#lengths, this.#size);
    await this.#fillUp(fillingOf(this.fileBytes + table.length, this.#size));
    this.#add(table);
  }

  async #fillUp(bytes: number): Promise<void> {
    await this.#flush();
    const noise = Buffer.allocUnsafe(Math.min(bytes, WRITE_BYTES));
    for (let left = bytes; left > 0; left -= noise.length) {
      const part = randomFillSync(noise.subarray(0, left));
      await writeAll(await this.#opened(), part, this.#at);
      this.#at += part.length;
    }
  }

  #add(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    [this.#waiting, this.#waitingBytes] = [[], 0];
    await writeAll(await this.#opened(), bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Node's permission model has no fsync, so the file is opened such that each write returns when it is on the disk. */
  #opened(): Promise<FileHandle> {
    this.#file ??= open(this.path, O_WRONLY | O_CREAT | O_EXCL | O_SYNC, 0o600);
    return this.#file;
  }

  async #close(): Promise<void> {
    this.#closed = true;
    this.#key.fill(0);
    this.#rest.fill(0);
    await (await this.#file)?.close();
  }

  /** Nothing is sealed by a key that was forgotten. */
  #assertOpen(): void {
    if (this.#closed) throw new Error('this blob was given up');
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
