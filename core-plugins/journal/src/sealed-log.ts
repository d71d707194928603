import { type FileHandle, rm } from 'node:fs/promises';
import { sealBatch } from './batch-seal.ts';
import { diskError } from './disk-error.ts';
import type { SealedLogOptions } from './log-options.ts';
import { LogSegment, type Stretch } from './log-segment.ts';
import { openSegments } from './open-segments.ts';
import { type Change, removeDamaged, rewriteSegment } from './rewrite-segment.ts';
import { createSegment, segmentPath, writeWhole } from './segment.ts';

const BATCH_RECORDS = 8_192;
const BATCH_BYTES = 512 * 1024;

interface Waiting {
  readonly record: Buffer;
  readonly resolve: (number: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * An encrypted log of numbered records in files of bounded size. What comes while a batch is being written goes together
 * into the next one: one write, and one wait for the disk, for many records.
 */
export class SealedLog {
  readonly #options: SealedLogOptions;
  readonly #segments: LogSegment[];
  #file: FileHandle | undefined;
  #batchIndex: number;
  #last: number;
  #waiting: Waiting[] = [];
  #rollWanted: PromiseWithResolvers<void>[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  #rewriting: Promise<void> = Promise.resolve();
  /** While a file is put in the place of another. */
  #replacing: Promise<void> | undefined;
  readonly #reading = new Set<Promise<void>>();

  private constructor(options: SealedLogOptions, opened: Awaited<ReturnType<typeof openSegments>>) {
    this.#options = options;
    this.#segments = [...opened.segments];
    this.#file = opened.file;
    this.#batchIndex = opened.batches;
    this.#last = opened.last;
  }

  /** Opens the log of a folder and cuts off what a crash left half written. @throws AicoError JOURNAL_KEY_WRONG, … */
  static async open(options: SealedLogOptions): Promise<SealedLog> {
    try {
      const log = new SealedLog(options, await openSegments(options));
      const { notBefore = 0 } = options;
      if (log.#last < notBefore - 1 || log.#segments.length === 0) {
        log.#last = Math.max(log.#last, notBefore - 1);
        await log.#begin();
      }
      return log;
    } catch (error) {
      throw diskError(error);
    }
  }

  /** Number of the first record that is still there, or would be. */
  get first(): number {
    return this.#segments[0]?.segment.first ?? 1;
  }

  /** Number of the last record on the disk. */
  get last(): number {
    return this.#last;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  /** Its files, oldest first, each with the number of its last record. */
  get segments(): readonly {
    id: number;
    first: number;
    last: number;
    bytes: number;
    madeAt: number;
    writtenAt: number;
  }[] {
    return this.#segments.map(({ segment: { id, first, madeAt }, size, writtenAt }, at) => {
      return { id, first, madeAt, writtenAt, bytes: size, last: this.#after(at) - 1 };
    });
  }

  /** Resolves to the record's number when it is on the disk. @throws AicoError JOURNAL_FULL, JOURNAL_UNWRITABLE */
  append(record: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      this.#run();
    });
  }

  /** Begins a new file. @throws AicoError JOURNAL_FULL, JOURNAL_UNWRITABLE, with the one before still in use */
  roll(): Promise<void> {
    const wanted = Promise.withResolvers<void>();
    this.#rollWanted.push(wanted);
    this.#run();
    return wanted.promise;
  }

  /** A stretch that holds a number, or the first one there is when it is gone; undefined when it is not there yet. */
  async read(wanted: number): Promise<Stretch | undefined> {
    while (this.#replacing !== undefined) await this.#replacing;
    const read = this.#read(wanted);
    const settled = read.then(
      () => undefined,
      () => undefined,
    );
    this.#reading.add(settled);
    return read.finally(() => this.#reading.delete(settled));
  }

  async #read(wanted: number): Promise<Stretch | undefined> {
    for (;;) {
      if (wanted > this.#last) return undefined;
      const number = Math.max(wanted, this.first);
      const at = this.#segments.findLastIndex(({ segment }) => segment.first <= number);
      const segment = this.#segments[at];
      if (segment === undefined) return undefined;
      try {
        return await segment.read(number, this.#after(at));
      } catch (error) {
        // It may have been dropped meanwhile; then the next one answers.
        if (this.#segments.includes(segment)) throw diskError(error);
      }
    }
  }

  /**
   * Puts other bytes in the place of records; numbers and order stay. Files that hold such records are written anew under another
   * key, and the one before is destroyed. What is appended meanwhile is not looked at.
   */
  rewrite(change: Change): Promise<void> {
    this.#rewriting = this.#rewriting.catch(() => undefined).then(() => this.#rewrite(change));
    return this.#rewriting;
  }

  async #rewrite(change: Change): Promise<void> {
    const { folder, name, key, onDamage } = this.#options;
    try {
      // The newest file is written no more from here on.
      if (this.#last >= (this.#segments.at(-1)?.segment.first ?? 0)) await this.roll();
      for (const old of this.#segments.slice(0, -1)) {
        const anew = await rewriteSegment(old.segment, key, change);
        if (anew === undefined) continue;
        await this.#whileNobodyReads(async () => {
          const at = this.#segments.indexOf(old);
          if (at < 0) return anew.discard();
          await anew.replace();
          this.#segments[at] = await LogSegment.closed(anew.segment, onDamage);
          old.segment.key.fill(0);
        });
      }
      await removeDamaged(folder, name);
    } catch (error) {
      throw diskError(error);
    }
  }

  async #whileNobodyReads(work: () => Promise<void>): Promise<void> {
    const over = Promise.withResolvers<void>();
    this.#replacing = over.promise;
    try {
      await Promise.all(this.#reading);
      await work();
    } finally {
      this.#replacing = undefined;
      over.resolve();
    }
  }

  /** Deletes the oldest file; never the one being written. */
  async dropOldest(): Promise<void> {
    if (this.#segments.length < 2) return;
    const dropped = this.#segments.shift();
    if (dropped !== undefined) await rm(dropped.segment.path, { force: true });
  }

  /** Ends after what was appended is on the disk. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#rewriting.catch(() => undefined);
    while (this.#running !== undefined) await this.#running;
    await this.#file?.close();
    for (const { segment } of this.#segments) segment.key.fill(0);
  }

  #after(at: number): number {
    return this.#segments[at + 1]?.segment.first ?? this.#last + 1;
  }

  #run(): void {
    this.#running ??= this.#write().finally(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0) this.#run();
    });
  }

  async #write(): Promise<void> {
    // What else came with the same frame joins the batch.
    await Promise.resolve();
    while (this.#waiting.length > 0 || this.#rollWanted.length > 0) {
      const rolls = this.#rollWanted.splice(0);
      const taken = rolls.length > 0 ? [] : this.#take();
      try {
        if (rolls.length > 0 || this.#isFull()) await this.#begin();
        const first = taken.length > 0 ? await this.#writeBatch(taken) : 0;
        taken.forEach(({ resolve }, offset) => void resolve(first + offset));
      } catch (error) {
        const failure = diskError(error);
        for (const { reject } of [...taken, ...rolls]) reject(failure);
      }
      for (const { resolve } of rolls) resolve();
    }
  }

  #take(): Waiting[] {
    let [count, bytes] = [0, 0];
    while (count < this.#waiting.length && count < BATCH_RECORDS && bytes < BATCH_BYTES) {
      bytes += this.#waiting[count]?.record.length ?? 0;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeBatch(taken: readonly Waiting[]): Promise<number> {
    const current = this.#segments.at(-1);
    if (this.#file === undefined || current === undefined) throw new Error('the log is closed');
    const first = this.#last + 1;
    const { key, id } = current.segment;
    const records = taken.map(({ record }) => record);
    const batch = sealBatch(key, id, this.#batchIndex, first, records);
    try {
      await writeWhole(this.#file, batch, current.size);
    } catch (error) {
      // Half a batch is cut off; if not even that works, the next one is written over it.
      await this.#file.truncate(current.size).catch(() => undefined);
      throw error;
    }
    current.grow(first, batch.length, this.#options.now());
    this.#batchIndex += 1;
    this.#last += taken.length;
    return first;
  }

  #isFull(): boolean {
    return (this.#segments.at(-1)?.size ?? 0) >= this.#options.segmentBytes;
  }

  async #begin(): Promise<void> {
    const { folder, name, key, now, onDamage } = this.#options;
    const id = (this.#segments.at(-1)?.segment.id ?? 0) + 1;
    const made = { id, first: this.#last + 1, madeAt: now(), key };
    const { segment, file } = await createSegment(segmentPath(folder, name, id), made);
    await this.#file?.close();
    this.#file = file;
    this.#batchIndex = 0;
    this.#segments.push(LogSegment.fresh(segment, onDamage));
  }
}
