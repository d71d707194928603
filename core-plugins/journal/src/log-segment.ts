import { readFile, stat } from 'node:fs/promises';
import { openBatch } from './batch-seal.ts';
import type { OnDamage } from './log-options.ts';
import { readRange } from './read-range.ts';
import { SEGMENT_HEADER_BYTES, type Segment } from './segment.ts';
import { type FoundBatch, walkBatches } from './walk-batches.ts';

/** One entry of the index for this many bytes. */
const INDEX_BYTES = 64 * 1024;

/** A stretch of records as they were appended; a number between `from` and `next` that is missing is lost. */
export interface Stretch {
  readonly from: number;
  readonly records: readonly { readonly number: number; readonly bytes: Buffer }[];
  /** The number to read on from. */
  readonly next: number;
}

interface Entry {
  readonly first: number;
  readonly at: number;
}

/** One file of a log with a sparse index from record numbers to places. */
export class LogSegment {
  readonly segment: Segment;
  readonly #onDamage: OnDamage;
  /** Sparse; undefined for a closed file that nobody read yet. */
  #index: Entry[] | undefined;
  #size: number;
  #writtenAt: number;

  private constructor(
    segment: Segment,
    { size, writtenAt }: { readonly size: number; readonly writtenAt: number },
    index: Entry[] | undefined,
    onDamage: OnDamage,
  ) {
    this.segment = segment;
    this.#size = size;
    this.#writtenAt = writtenAt;
    this.#index = index;
    this.#onDamage = onDamage;
  }

  /** A file that was just begun. */
  static fresh(segment: Segment, onDamage: OnDamage): LogSegment {
    return new LogSegment(segment, { size: SEGMENT_HEADER_BYTES, writtenAt: segment.madeAt }, [], onDamage);
  }

  /** A file that is written no more; its index is made when it is read. */
  static async closed(segment: Segment, onDamage: OnDamage): Promise<LogSegment> {
    const { size, mtimeMs: writtenAt } = await stat(segment.path);
    return new LogSegment(segment, { size, writtenAt }, undefined, onDamage);
  }

  /** The newest file, whose batches were all found. */
  static async walked(
    segment: Segment,
    batches: readonly FoundBatch[],
    end: number,
    onDamage: OnDamage,
  ): Promise<LogSegment> {
    const { mtimeMs: writtenAt } = await stat(segment.path);
    const made = new LogSegment(segment, { size: SEGMENT_HEADER_BYTES, writtenAt }, [], onDamage);
    for (const { header, at } of batches) made.#enter(header.first, at);
    made.#size = end;
    return made;
  }

  /** Bytes that are on the disk. */
  get size(): number {
    return this.#size;
  }

  /** When it was last written to, ms since 1970. */
  get writtenAt(): number {
    return this.#writtenAt;
  }

  /** Notes a batch that was written. */
  grow(first: number, bytes: number, now: number): void {
    this.#writtenAt = now;
    this.#enter(first, this.#size);
    this.#size += bytes;
  }

  /** The stretch that holds a record. @param after number of the first record behind this segment */
  async read(number: number, after: number): Promise<Stretch> {
    const index = await this.#indexed();
    const found = findEntry(index, number);
    const [at, end] = [index[found]?.at ?? this.#size, index[found + 1]?.at ?? this.#size];
    const from = found === 0 ? this.segment.first : (index[found]?.first ?? after);
    const next = index[found + 1]?.first ?? after;
    const bytes = await readRange(this.segment.path, at, end - at);
    const records: { number: number; bytes: Buffer }[] = [];
    const { batches, gaps, end: walked } = walkBatches(bytes, 0);
    for (const gap of gaps) this.#onDamage(this.segment.path, at + gap.at, `${gap.bytes} bytes are no batch`);
    if (walked < bytes.length) this.#onDamage(this.segment.path, at + walked, 'a batch is not whole');
    for (const batch of batches) {
      const opened = openBatch(this.segment.key, this.segment.id, batch.header, batch.sealed);
      if (opened === undefined) this.#onDamage(this.segment.path, at + batch.at, 'a batch does not check out');
      opened?.forEach((record, offset) => {
        records.push({ number: batch.header.first + offset, bytes: record });
      });
    }
    return { from, records, next };
  }

  async #indexed(): Promise<readonly Entry[]> {
    if (this.#index === undefined) {
      const { batches } = walkBatches(await readFile(this.segment.path), SEGMENT_HEADER_BYTES);
      this.#index = [];
      for (const { header, at } of batches) this.#enter(header.first, at);
    }
    return this.#index;
  }

  #enter(first: number, at: number): void {
    const last = this.#index?.at(-1);
    if (last === undefined || at - last.at >= INDEX_BYTES) this.#index?.push({ first, at });
  }
}

/** The last entry whose records begin at or before a number; the first entry when all begin later. */
function findEntry(index: readonly Entry[], number: number): number {
  let [low, high] = [0, index.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((index[middle]?.first ?? 0) <= number) low = middle;
    else high = middle - 1;
  }
  return low;
}
