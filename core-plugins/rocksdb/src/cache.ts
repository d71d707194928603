import { AicoError, type CacheSet, type CacheStatus, type KeyEntries, type KeyList } from '@aico/sdk';
import { CacheIndex, type Entry, type OwnedEntry } from './cache-index.ts';
import type { CacheSeal } from './cache-seal.ts';
import type { Change, RocksStore } from './rocks-store.ts';

/** What a cache works with. */
export interface CachePowers {
  readonly store: RocksStore;
  readonly seal: CacheSeal;
  /** The most that it may take on the disk, as it is now. */
  readonly maxBytes: () => number;
  /** ms since 1970 */
  readonly now: () => number;
  /** Told when what was there could not be read, and it begins anew. */
  readonly onBegunAnew?: () => void;
}

/** What a head says, sealed. */
interface Head {
  readonly plugin: string;
  readonly key: string;
  readonly bytes: number;
  readonly at: number;
  readonly until?: number;
}

const MOST_VALUE_BYTES = 4 * 1024 * 1024;
const MOST_ENTRIES = 100_000;
/** As storage answers. */
const MOST_ANSWER_BYTES = 12 * 1024 * 1024;
const MOST_LISTED = 1000;
const FEW_LISTED = 100;

/** Values that plugins can do without, each plugin's for itself: as long as they last and there is room. */
export class Cache {
  readonly #powers: CachePowers;
  #index = new CacheIndex();
  /** Entries that are on their way to the disk. */
  readonly #coming = new Set<Entry>();

  private constructor(powers: CachePowers) {
    this.#powers = powers;
  }

  /** A cache with what is there already. What does not open is of another vault, or damaged: it goes. */
  static async open(powers: CachePowers): Promise<Cache> {
    try {
      return await Cache.#read(powers);
    } catch {
      // RocksDB opens what is damaged inside, and says so when it is read.
      await powers.store.renew();
      powers.onBegunAnew?.();
      return Cache.#read(powers);
    }
  }

  async get(plugin: string, key: string): Promise<{ value?: unknown }> {
    const entry = this.#index.use(plugin, key);
    if (entry === undefined) return {};
    const isComing = this.#coming.has(entry);
    const value = this.#isOver(entry) ? undefined : await this.#open(entry);
    // What is being put there, or was replaced meanwhile, stays.
    if (value === undefined && !isComing && this.#index.use(plugin, key) === entry) await this.delete(plugin, key);
    return value === undefined ? {} : { value: JSON.parse(value.toString()) };
  }

  /** @throws AicoError STORAGE_VALUE_TOO_LARGE, CACHE_UNAVAILABLE */
  async set(plugin: string, { key, value, forSeconds }: CacheSet): Promise<void> {
    const { seal, store, now } = this.#powers;
    const content = Buffer.from(JSON.stringify(value ?? null));
    if (content.length > MOST_VALUE_BYTES) {
      const details = { bytes: content.length, limit: MOST_VALUE_BYTES };
      throw new AicoError('STORAGE_VALUE_TOO_LARGE', { subject: plugin, details });
    }
    const name = seal.nameOf(plugin, key);
    const until = forSeconds === undefined ? {} : { until: now() + forSeconds * 1000 };
    const sealed = seal.seal(name, 'value', content);
    const head: Head = { plugin, key, bytes: sealed.length, at: now(), ...until };
    const sealedHead = seal.seal(name, 'head', Buffer.from(JSON.stringify(head)));
    const entry = this.#index.put({ plugin, key, name, bytes: sealed.length + sealedHead.length, ...until });
    this.#coming.add(entry);
    try {
      await store.change([{ name, head: sealedHead, value: sealed }, ...this.#makeRoom()]);
    } catch (error) {
      this.#index.remove(plugin, key);
      throw error;
    } finally {
      this.#coming.delete(entry);
    }
  }

  /** Whether the key was there. */
  async delete(plugin: string, key: string): Promise<boolean> {
    const entry = this.#index.remove(plugin, key);
    if (entry === undefined) return false;
    await this.#powers.store.change([{ name: entry.name }]);
    return !this.#isOver(entry);
  }

  /** Entries in key order; `next` is where to go on when there are more. */
  async list(plugin: string, { prefix = '', after = '', limit = FEW_LISTED }: KeyList): Promise<KeyEntries> {
    const from = Buffer.from(after);
    const found = [...this.#index.entriesOf(plugin)]
      .filter(([key, entry]) => key.startsWith(prefix) && !this.#isOver(entry))
      .map(([key, entry]) => ({ key, entry, order: Buffer.from(key) }))
      .filter(({ order }) => Buffer.compare(order, from) > 0)
      .sort((one, other) => Buffer.compare(one.order, other.order));
    const entries: KeyEntries['entries'] = [];
    let [bytes, looked] = [0, 0];
    for (const { key, entry } of found.slice(0, Math.min(limit, MOST_LISTED))) {
      bytes += entry.bytes;
      if (bytes > MOST_ANSWER_BYTES && entries.length > 0) break;
      looked += 1;
      const value = await this.#open(entry);
      if (value !== undefined) entries.push({ key, value: JSON.parse(value.toString()) });
    }
    const next = looked < found.length ? found[looked - 1]?.key : undefined;
    return next === undefined ? { entries } : { entries, next };
  }

  status(): CacheStatus {
    return { shares: this.#index.shares(), maxBytes: this.#powers.maxBytes() };
  }

  /** Throws everything away, with the files. How many entries that were. @throws AicoError CACHE_UNAVAILABLE */
  async clear(): Promise<number> {
    const { count } = this.#index;
    this.#index = new CacheIndex();
    await this.#powers.store.renew();
    return count;
  }

  /** Throws away what is over, and what is above a smaller limit. */
  async tidy(): Promise<void> {
    const over = [...this.#index.all()].filter((entry) => this.#isOver(entry));
    for (const { plugin, key } of over) this.#index.remove(plugin, key);
    await this.#powers.store.change([...over.map(({ name }) => ({ name })), ...this.#makeRoom()]);
  }

  static async #read(powers: CachePowers): Promise<Cache> {
    const cache = new Cache(powers);
    const { store, seal } = powers;
    const [found, gone]: [(OwnedEntry & { at: number })[], Change[]] = [[], []];
    for await (const { name, head } of store.heads()) {
      const text = seal.open(name, 'head', head);
      if (text === undefined) {
        gone.push({ name });
        continue;
      }
      const { bytes, ...known } = JSON.parse(text.toString()) as Head;
      found.push({ name, bytes: bytes + head.length, ...known });
    }
    found.sort((one, other) => one.at - other.at);
    for (const { at: _, ...entry } of found) cache.#index.put(entry);
    await store.change(gone);
    await cache.tidy();
    return cache;
  }

  #isOver({ until }: Entry): boolean {
    return until !== undefined && until <= this.#powers.now();
  }

  async #open({ name }: Entry): Promise<Buffer | undefined> {
    const sealed = await this.#powers.store.value(name);
    return sealed && this.#powers.seal.open(name, 'value', sealed);
  }

  /** Takes out of the index what there is no room for, and says what has to go from the disk. */
  #makeRoom(): Change[] {
    const gone: Change[] = [];
    for (;;) {
      const isLarge = this.#index.bytes > this.#powers.maxBytes();
      if (!isLarge && this.#index.count <= MOST_ENTRIES) break;
      const first = this.#index.first(isLarge ? 'bytes' : 'entries');
      const entry = first && this.#index.remove(first.plugin, first.key);
      if (entry === undefined) break;
      gone.push({ name: entry.name });
    }
    return gone;
  }
}
