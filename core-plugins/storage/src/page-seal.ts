import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { fstatSync, readSync } from 'node:fs';
import { readFileIfThere, writeFileAtomic } from '@aico/sdk/system';
import { FIRST_GENERATION, sealOpening } from './key-generation.ts';
import { PAGE_BYTES } from './write-ahead-log.ts';

// libSQL encrypts pages (AES-256-CBC) but does not authenticate them: a flipped bit would come back as another value.
// The seal, a file beside the database, holds a keyed sum of every 64 KiB of it and one of itself.
const CHUNK_BYTES = 65_536;
const SUM_BYTES = 16;
const SEAL_SUM_BYTES = 32;
const UNKNOWN = Buffer.alloc(SUM_BYTES);

/** How a seal was found. */
export type SealState = 'missing' | 'unreadable' | 'open' | 'closed';

/** Keyed sums of a database file. Open while a checkpoint changes the file: the chunks it may touch are unknown then. */
export class PageSeal {
  readonly #path: string;
  readonly #key: Buffer;
  readonly #opening: Buffer;
  #sums: Buffer[] = [];
  #fileBytes = 0;
  #state: SealState = 'missing';

  /** @param generation Which of the plugin's keys it is. */
  constructor(path: string, databaseKey: string, generation: number = FIRST_GENERATION) {
    this.#path = path;
    this.#opening = sealOpening(generation);
    this.#key = Buffer.from(hkdfSync('sha256', Buffer.from(databaseKey, 'hex'), '', 'aico/v1/seal', 32));
    this.#read();
  }

  get state(): SealState {
    return this.#state;
  }

  /** How many chunks it knows. */
  get chunks(): number {
    return this.#sums.length;
  }

  /** The sums of these chunks, one behind the other: whose did not change since has the same. Undefined unless all are known. */
  marks(from: number, to: number): { readonly marks: Buffer; readonly fileBytes: number } | undefined {
    if (this.#state !== 'closed') return undefined;
    return { marks: Buffer.concat(this.#sums.slice(from, to)), fileBytes: this.#fileBytes };
  }

  /** The first of these chunks that is not what was sealed, or whose file has another length; undefined when all are. */
  findChange(file: number, from = 0, to: number = this.#sums.length): number | undefined {
    if (this.#state === 'closed' && fstatSync(file).size !== this.#fileBytes) return this.#sums.length;
    for (let index = from; index < Math.min(to, this.#sums.length); index += 1) {
      const sum = this.#sums[index] ?? UNKNOWN;
      if (!sum.equals(UNKNOWN) && !timingSafeEqual(sum, this.#sumOf(file, index))) return index;
    }
    return undefined;
  }

  /** Before a checkpoint: forgets, durably, the sums of the pages that it will write. */
  open(pages: Iterable<number>): void {
    for (const page of pages) this.#sums[Math.floor(((page - 1) * PAGE_BYTES) / CHUNK_BYTES)] = UNKNOWN;
    // The last chunk may end elsewhere afterwards.
    if (this.#sums.length > 0) this.#sums[this.#sums.length - 1] = UNKNOWN;
    for (let index = 0; index < this.#sums.length; index += 1) this.#sums[index] ??= UNKNOWN;
    this.#state = 'open';
    this.#write();
  }

  /** After a checkpoint: sums up, durably, what is not known. */
  close(file: number): void {
    this.#fileBytes = fstatSync(file).size;
    this.#sums.length = Math.min(this.#sums.length, Math.ceil(this.#fileBytes / CHUNK_BYTES));
    for (let index = 0; index * CHUNK_BYTES < this.#fileBytes; index += 1) {
      const sum = this.#sums[index];
      if (sum === undefined || sum.equals(UNKNOWN)) this.#sums[index] = this.#sumOf(file, index);
    }
    this.#state = 'closed';
    this.#write();
  }

  /** Starts anew, as for a database without a seal. */
  reset(): void {
    this.#sums = [];
    this.#state = 'open';
  }

  /** Forgets the key. */
  dispose(): void {
    this.#key.fill(0);
  }

  get #headBytes(): number {
    return this.#opening.length + 1 + 8;
  }

  #read(): void {
    const bytes = readFileIfThere(this.#path);
    if (bytes === undefined) return;
    this.#state = 'unreadable';
    const body = bytes.subarray(0, -SEAL_SUM_BYTES);
    const sum = bytes.subarray(body.length);
    if (bytes.length < this.#headBytes + SEAL_SUM_BYTES || !timingSafeEqual(sum, this.#sealSum(body))) return;
    this.#fileBytes = Number(body.readBigUInt64BE(this.#opening.length + 1));
    for (let at = this.#headBytes; at < body.length; at += SUM_BYTES)
      this.#sums.push(body.subarray(at, at + SUM_BYTES));
    this.#state = body[this.#opening.length] === 1 ? 'open' : 'closed';
  }

  #write(): void {
    const head = Buffer.alloc(this.#headBytes);
    this.#opening.copy(head);
    head[this.#opening.length] = this.#state === 'open' ? 1 : 0;
    head.writeBigUInt64BE(BigInt(this.#fileBytes), this.#opening.length + 1);
    const body = Buffer.concat([head, ...this.#sums]);
    writeFileAtomic(this.#path, Buffer.concat([body, this.#sealSum(body)]));
  }

  #sealSum(body: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update('seal').update(body).digest();
  }

  #sumOf(file: number, index: number): Buffer {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const length = readSync(file, chunk, 0, CHUNK_BYTES, index * CHUNK_BYTES);
    const sum = createHmac('sha256', this.#key).update(`chunk ${index}\n`).update(chunk.subarray(0, length));
    return sum.digest().subarray(0, SUM_BYTES);
  }
}
