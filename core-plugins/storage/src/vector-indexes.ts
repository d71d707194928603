import { unpackCode } from './vector-code.ts';
import { VectorIndex } from './vector-index.ts';
import type { VectorSet, VectorTable } from './vector-table.ts';

/** What one index takes at most, and about what all take together. */
const MOST_BYTES = 256 * 1024 * 1024;
const IDLE_MS = 10 * 60_000;
const CODES_A_PAGE = 5_000;

interface Entry {
  readonly index: VectorIndex;
  /** What it was loaded from: a database that was opened anew may be another one, put back or restored. */
  readonly table: WeakRef<VectorTable>;
  usedAt: number;
}

/** Indexes in memory, each loaded when it is asked for the first time. Those that were not asked for the longest go first. */
export class VectorIndexes {
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();

  /** So many vectors one index holds. */
  static mostRows(dimensions: number): number {
    return Math.floor(MOST_BYTES / (Math.ceil(dimensions / 16) * 16));
  }

  /** The index of a collection; loads it from what is kept unless it is there. */
  async get(plugin: string, set: VectorSet, table: VectorTable): Promise<VectorIndex> {
    const index = this.peek(plugin, set, table) ?? (await load(set, table));
    this.forget(plugin, set);
    this.#entries.set(nameOf(plugin, set), { index, table: new WeakRef(table), usedAt: performance.now() });
    this.#makeRoom();
    return index;
  }

  /** The index of a collection if it is loaded. */
  peek(plugin: string, set: VectorSet, table: VectorTable): VectorIndex | undefined {
    const entry = this.#entries.get(nameOf(plugin, set));
    return entry?.table.deref() === table ? entry.index : undefined;
  }

  forget(plugin: string, set: VectorSet): void {
    this.#entries.delete(nameOf(plugin, set));
  }

  clear(): void {
    this.#entries.clear();
  }

  tidy(now: number): void {
    for (const [name, { usedAt }] of this.#entries) if (now - usedAt >= IDLE_MS) this.#entries.delete(name);
  }

  #makeRoom(): void {
    let bytes = 0;
    for (const { index } of this.#entries.values()) bytes += index.bytes;
    for (const [name, { index }] of this.#entries) {
      if (bytes <= MOST_BYTES || this.#entries.size === 1) return;
      this.#entries.delete(name);
      bytes -= index.bytes;
    }
  }
}

async function load(set: VectorSet, table: VectorTable): Promise<VectorIndex> {
  const index = new VectorIndex(set.dimensions);
  for (let after = 0; ; ) {
    const page = await table.codes(set, after, CODES_A_PAGE);
    for (const [key, code] of page) index.set(key, unpackCode(code));
    const last = page.at(-1);
    if (last === undefined || page.length < CODES_A_PAGE) return index;
    after = last[0];
  }
}

function nameOf(plugin: string, { number }: VectorSet): string {
  return `${plugin} ${number}`;
}
