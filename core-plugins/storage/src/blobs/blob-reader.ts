import { createHmac } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { AicoError, type BlobInfo } from '@aico/sdk';
import {
  BODY_AT,
  CHUNK_BYTES,
  decodeHead,
  fileBytesOf,
  generationOf,
  openChunk,
  SEALED_CHUNK_BYTES,
} from './blob-file.ts';
import type { BlobKeyring } from './blob-keyring.ts';

/** Chunks that are read at a time: what one message takes. */
const CHUNKS_AT_ONCE = 3;

export interface BlobPlace {
  readonly plugin: string;
  readonly id: string;
  readonly path: string;
}

/** Reads one blob; what is given out was checked. */
export class BlobReader {
  readonly #place: BlobPlace;
  readonly #file: FileHandle;
  readonly #key: Buffer;
  readonly size: number;

  private constructor(place: BlobPlace, file: FileHandle, key: Buffer, size: number) {
    this.#place = place;
    this.#file = file;
    this.#key = key;
    this.size = size;
  }

  /** @throws AicoError BLOB_UNKNOWN, BLOB_DAMAGED */
  static async open(place: BlobPlace, keys: BlobKeyring): Promise<BlobReader> {
    const file = await open(place.path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new AicoError('BLOB_UNKNOWN', { subject: place.plugin, details: { blob: place.id } });
    });
    try {
      const bytes = await readAt(file, 0, BODY_AT);
      const generation = generationOf(bytes);
      if (typeof generation === 'string') throw damaged(place, generation);
      const head = decodeHead(await keys.content(generation), bytes);
      if (typeof head === 'string') throw damaged(place, head);
      if (head.id !== place.id) throw damaged(place, 'it is another one under its name');
      const { size } = await file.stat();
      if (size !== fileBytesOf(head.size)) throw damaged(place, 'it was cut or made longer');
      return new BlobReader(place, file, head.key, head.size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get info(): BlobInfo {
    return { id: this.#place.id, size: this.size };
  }

  /** The bytes from `start` up to `end`, in pieces of 192 KiB at most. @throws AicoError BLOB_RANGE_WRONG, BLOB_DAMAGED */
  async *read(start = 0, end: number = this.size): AsyncGenerator<Buffer, void, undefined> {
    const { plugin, id } = this.#place;
    if (start > end || end > this.size)
      throw new AicoError('BLOB_RANGE_WRONG', { subject: plugin, details: { blob: id, size: this.size, start, end } });
    const behind = Math.ceil(end / CHUNK_BYTES);
    for (let first = Math.floor(start / CHUNK_BYTES); first < behind; first += CHUNKS_AT_ONCE) {
      const count = Math.min(CHUNKS_AT_ONCE, behind - first);
      const sealed = await readAt(this.#file, BODY_AT + first * SEALED_CHUNK_BYTES, count * SEALED_CHUNK_BYTES);
      const chunks = Array.from({ length: count }, (_, at) => this.#open(first + at, sealed, at));
      const from = Math.max(0, start - first * CHUNK_BYTES);
      yield Buffer.concat(chunks).subarray(from, end - first * CHUNK_BYTES);
    }
  }

  /** Reads all of it, and that its content is what it is named by; false when it was stopped. @throws AicoError BLOB_DAMAGED */
  async check(address: Uint8Array, isStopped: () => boolean = () => false): Promise<boolean> {
    const sum = createHmac('sha256', address);
    for await (const piece of this.read()) {
      if (isStopped()) return false;
      sum.update(piece);
    }
    if (sum.digest('hex') !== this.#place.id)
      throw damaged(this.#place, 'its content is another one than its name says');
    return true;
  }

  async close(): Promise<void> {
    this.#key.fill(0);
    await this.#file.close();
  }

  #open(index: number, sealed: Buffer, at: number): Buffer {
    const chunk = openChunk(this.#key, index, sealed.subarray(at * SEALED_CHUNK_BYTES, (at + 1) * SEALED_CHUNK_BYTES));
    const length = Math.min(CHUNK_BYTES, this.size - index * CHUNK_BYTES);
    if (chunk?.length === length) return chunk;
    throw damaged(this.#place, `bytes from ${index * CHUNK_BYTES} on were changed`);
  }
}

function damaged({ plugin, id, path }: BlobPlace, problem: string): AicoError {
  return new AicoError('BLOB_DAMAGED', { subject: plugin, details: { blob: id, problem, file: path } });
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  for (let read = -1; done < length && read !== 0; done += read) {
    ({ bytesRead: read } = await file.read(bytes, done, length - done, position + done));
  }
  return bytes.subarray(0, done);
}
