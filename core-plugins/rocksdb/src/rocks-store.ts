import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { AicoError } from '@aico/sdk';

interface WriteBatch {
  tryPut(key: Buffer, value: Buffer): void;
  tryDelete(key: Buffer): void;
  flush(): Promise<void>;
  destroy(): void;
}

/** As much of https://github.com/holepunchto/rocksdb-native as is used; it comes without types. */
interface Rocks {
  ready(): Promise<void>;
  get(key: Buffer): Promise<Buffer | null>;
  write(options: { capacity: number }): WriteBatch;
  iterator(
    range: { gte: Buffer; lt: Buffer },
    options: { capacity: number },
  ): AsyncIterable<{ key: Buffer; value: Buffer }>;
  close(options: { force: boolean }): Promise<void>;
}
type OpenRocks = new (path: string, options: Readonly<Record<string, number>>) => Rocks;

/** An entry as it lies there, or the name of one that is to go. */
export type Change =
  | { readonly name: Buffer; readonly head: Buffer; readonly value: Buffer }
  | { readonly name: Buffer; readonly head?: never };

const HEADS = 0x68;
const VALUES = 0x76;
const READ_AT_ONCE = 256;
const OPTIONS = { writeBufferSize: 8 * 1024 * 1024, maxBackgroundJobs: 2, maxOpenFiles: 256, maxFileOpeningThreads: 2 };

/** Sealed entries in a RocksDB: a small head and a value for each, changed together. */
export class RocksStore {
  readonly #folder: string;
  #rocks: Rocks;
  readonly #reading = new Set<Promise<unknown>>();
  #waiting: Change[] = [];
  #writing: Promise<void> = Promise.resolve();
  #renewing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(folder: string, rocks: Rocks) {
    this.#folder = folder;
    this.#rocks = rocks;
  }

  /** Opens what lies in a folder. Where that does not open, it begins anew: nothing there is dear. @throws AicoError CACHE_UNAVAILABLE */
  static async open(folder: string): Promise<{ store: RocksStore; begunAnew: boolean }> {
    try {
      return { store: new RocksStore(folder, await openRocks(folder)), begunAnew: false };
    } catch {
      try {
        await rm(folder, { recursive: true, force: true });
        return { store: new RocksStore(folder, await openRocks(folder)), begunAnew: true };
      } catch (error) {
        throw unavailable(error);
      }
    }
  }

  /** The heads of all entries, in no order. */
  async *heads(): AsyncGenerator<{ name: Buffer; head: Buffer }, void, undefined> {
    const range = { gte: Buffer.of(HEADS), lt: Buffer.of(HEADS + 1) };
    for await (const { key, value } of this.#rocks.iterator(range, { capacity: READ_AT_ONCE }))
      yield { name: key.subarray(1), head: value };
  }

  /** A value; undefined when it is not there, or cannot be read. */
  async value(name: Buffer): Promise<Buffer | undefined> {
    // One that is being made anew is waited for.
    await this.#renewing;
    const reading = this.#rocks.get(at(VALUES, name));
    this.#reading.add(reading);
    try {
      return (await reading) ?? undefined;
    } catch {
      return undefined;
    } finally {
      this.#reading.delete(reading);
    }
  }

  /** Makes changes in the order in which they came; those that come while some are written go together after them. */
  async change(changes: readonly Change[]): Promise<void> {
    // A batch made for nothing would never hold anything: it grows by doubling.
    if (changes.length === 0) return;
    this.#waiting.push(...changes);
    this.#next ??= this.#writing.then(() => {
      const batch = this.#waiting;
      [this.#waiting, this.#next] = [[], undefined];
      const written = this.#write(batch);
      this.#writing = written.catch(() => undefined);
      return written;
    });
    await this.#next;
  }

  /** Throws everything away with its files, in which RocksDB keeps for long what was deleted. @throws AicoError CACHE_UNAVAILABLE */
  async renew(): Promise<void> {
    await this.#next?.catch(() => undefined);
    const renewed = this.#writing.then(() => this.#beginAnew());
    this.#renewing = this.#writing = renewed.catch(() => undefined);
    await renewed;
  }

  async close(): Promise<void> {
    await this.#next?.catch(() => undefined);
    await this.#writing;
    await this.#rocks.close({ force: true });
  }

  async #beginAnew(): Promise<void> {
    await Promise.allSettled(this.#reading);
    try {
      await this.#rocks.close({ force: true });
      await rm(this.#folder, { recursive: true, force: true });
      this.#rocks = await openRocks(this.#folder);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async #write(changes: readonly Change[]): Promise<void> {
    const batch = this.#rocks.write({ capacity: 2 * changes.length });
    try {
      for (const { name, ...content } of changes) {
        if (content.head === undefined) for (const part of [HEADS, VALUES]) batch.tryDelete(at(part, name));
        else {
          batch.tryPut(at(HEADS, name), content.head);
          batch.tryPut(at(VALUES, name), content.value);
        }
      }
      await batch.flush();
    } catch (error) {
      throw unavailable(error);
    } finally {
      batch.destroy();
    }
  }
}

async function openRocks(folder: string): Promise<Rocks> {
  // Loaded when it is wanted: where its native half does not fit, the cache says so.
  const require = createRequire(import.meta.url);
  const Rocks = require('rocksdb-native') as OpenRocks;
  const rocks = new Rocks(folder, OPTIONS);
  await rocks.ready();
  return rocks;
}

function at(part: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.of(part), name]);
}

function unavailable(cause: unknown): AicoError {
  const problem = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]?.slice(0, 200) ?? '';
  return new AicoError('CACHE_UNAVAILABLE', { subject: 'rocksdb', details: { problem }, cause });
}
