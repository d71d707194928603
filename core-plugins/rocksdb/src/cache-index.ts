import type { CacheShare } from '@aico/sdk';

/** What is known of an entry without reading it. */
export interface Entry {
  readonly name: Buffer;
  /** What it takes on the disk, about. */
  readonly bytes: number;
  /** ms since 1970; undefined when only room ends it. */
  readonly until?: number;
}

/** An entry with whose it is and under which key. */
export interface OwnedEntry extends Entry {
  readonly plugin: string;
  readonly key: string;
}

interface Share {
  /** What was used last is last. */
  readonly entries: Map<string, Entry>;
  bytes: number;
}

/** Which entries there are, whose they are, and which one goes next. In memory, so it holds so many entries and no more. */
export class CacheIndex {
  readonly #shares = new Map<string, Share>();
  #bytes = 0;
  #count = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  put({ plugin, key, ...entry }: OwnedEntry): Entry {
    this.remove(plugin, key);
    const share = this.#shares.get(plugin) ?? { entries: new Map(), bytes: 0 };
    this.#shares.set(plugin, share);
    share.entries.set(key, entry);
    share.bytes += entry.bytes;
    this.#bytes += entry.bytes;
    this.#count += 1;
    return entry;
  }

  /** An entry that is now the one used last. */
  use(plugin: string, key: string): Entry | undefined {
    const entries = this.#shares.get(plugin)?.entries;
    const entry = entries?.get(key);
    if (entries === undefined || entry === undefined) return undefined;
    entries.delete(key);
    entries.set(key, entry);
    return entry;
  }

  remove(plugin: string, key: string): Entry | undefined {
    const share = this.#shares.get(plugin);
    const entry = share?.entries.get(key);
    if (share === undefined || entry === undefined) return undefined;
    share.entries.delete(key);
    share.bytes -= entry.bytes;
    this.#bytes -= entry.bytes;
    this.#count -= 1;
    if (share.entries.size === 0) this.#shares.delete(plugin);
    return entry;
  }

  /** What goes first: of the plugin that takes most, what was not used for longest. So nobody pushes others out. */
  first(by: 'bytes' | 'entries'): { readonly plugin: string; readonly key: string } | undefined {
    const sizeOf = ({ bytes, entries }: Share): number => (by === 'bytes' ? bytes : entries.size);
    let [most, plugin]: [Share | undefined, string] = [undefined, ''];
    for (const [each, share] of this.#shares)
      if (most === undefined || sizeOf(share) > sizeOf(most)) [most, plugin] = [share, each];
    const key = most?.entries.keys().next().value;
    return key === undefined ? undefined : { plugin, key };
  }

  /** Keys of a plugin with their entries. */
  entriesOf(plugin: string): Iterable<readonly [key: string, entry: Entry]> {
    return this.#shares.get(plugin)?.entries ?? [];
  }

  *all(): Generator<OwnedEntry, void, undefined> {
    for (const [plugin, { entries }] of this.#shares)
      for (const [key, entry] of entries) yield { plugin, key, ...entry };
  }

  shares(): CacheShare[] {
    return [...this.#shares].map(([plugin, { entries, bytes }]) => ({ plugin, entries: entries.size, bytes }));
  }
}
