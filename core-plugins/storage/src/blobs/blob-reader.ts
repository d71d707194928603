import { createHmac } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { zstdDecompressSync } from 'node:zlib';
import { AicoError, type BlobInfo } from '@aico/sdk';
import {
  BODY_AT,
  CHUNK_BYTES,
  decodeHead,
  generationOf,
  NEWEST_FORMAT,
  newerFormatOf,
  openChunk,
} from './blob-file.ts';
import type { BlobKeyring } from './blob-keyring.ts';
import { type ChunkPlaces, readPlaces } from './chunk-table.ts';
import { readAt } from './read-at.ts';

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
  readonly #chunks: ChunkPlaces;
  readonly size: number;

  private constructor(place: BlobPlace, file: FileHandle, head: { key: Buffer; size: number }, chunks: ChunkPlaces) {
    this.#place = place;
    this.#file = file;
    this.#key = head.key;
    this.#chunks = chunks;
    this.size = head.size;
  }

  /** @throws AicoError BLOB_UNKNOWN, BLOB_NEWER, BLOB_DAMAGED */
  static async open(place: BlobPlace, keys: BlobKeyring): Promise<BlobReader> {
    const file = await open(place.path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new AicoError('BLOB_UNKNOWN', { subject: place.plugin, details: { blob: place.id } });
    });
    try {
      const bytes = await readAt(file, 0, BODY_AT);
      const found = newerFormatOf(bytes);
      if (found !== undefined) throw newer(place, found);
      const generation = generationOf(bytes);
      if (typeof generation === 'string') throw damaged(place, generation);
      const head = decodeHead(await keys.content(generation), bytes);
      if (typeof head === 'string') throw damaged(place, head);
      if (head.id !== place.id) throw damaged(place, 'it is another one under its name');
      const { size } = await file.stat();
      const chunks = await readPlaces((position, length) => readAt(file, position, length), size, bytes, head);
      if (typeof chunks === 'string') throw damaged(place, chunks);
      return new BlobReader(place, file, head, chunks);
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
      const at = this.#chunks.offsetOf(first);
      const sealed = await readAt(this.#file, at, this.#chunks.offsetOf(first + count) - at);
      const chunks = Array.from({ length: count }, (_, index) =>
        this.#open(first + index, sealed.subarray(this.#chunks.offsetOf(first + index) - at)),
      );
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

  /** @param sealed what begins with the chunk */
  #open(index: number, sealed: Buffer): Buffer {
    const { offsetOf, mayBeCompressed } = this.#chunks;
    const opened = openChunk(this.#key, index, sealed.subarray(0, offsetOf(index + 1) - offsetOf(index)));
    const length = Math.min(CHUNK_BYTES, this.size - index * CHUNK_BYTES);
    const chunk = mayBeCompressed && opened !== undefined && opened.length < length ? inflate(opened, length) : opened;
    if (chunk?.length === length) return chunk;
    throw damaged(this.#place, `bytes from ${index * CHUNK_BYTES} on were changed`);
  }
}

function inflate(bytes: Buffer, mostBytes: number): Buffer | undefined {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: mostBytes });
  } catch {
    return undefined;
  }
}

function damaged({ plugin, id, path }: BlobPlace, problem: string): AicoError {
  return new AicoError('BLOB_DAMAGED', { subject: plugin, details: { blob: id, problem, file: path } });
}

function newer({ plugin, id }: BlobPlace, found: number): AicoError {
  return new AicoError('BLOB_NEWER', { subject: plugin, details: { blob: id, found, known: NEWEST_FORMAT } });
}
