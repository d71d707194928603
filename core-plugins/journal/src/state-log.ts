import type { GroupChange, GroupImage } from './group-state.ts';
import { GroupState } from './group-state.ts';
import type { SealedLogOptions } from './log-options.ts';
import { SealedLog } from './sealed-log.ts';

type StateRecord =
  | { readonly group: string; readonly changes: readonly GroupChange[] }
  | { readonly group: string; readonly image: GroupImage }
  | { readonly group: string; readonly gone: true };

/**
 * What the groups must not forget, as a log of changes. Now and then everything is written anew into a fresh file; the file
 * before it stays, so that no single flaw makes a group forget.
 */
export class StateLog {
  readonly groups: Map<string, GroupState> = new Map();
  readonly #log: SealedLog;
  readonly #compactBytes: number;
  #compacting: Promise<void> | undefined;
  #written = 0;

  private constructor(log: SealedLog, compactBytes: number) {
    this.#log = log;
    this.#compactBytes = compactBytes;
  }

  /** @param compactBytes how much is written before all is written anew */
  static async open(options: Omit<SealedLogOptions, 'name' | 'segmentBytes'>, compactBytes: number): Promise<StateLog> {
    const log = await SealedLog.open({ ...options, name: 'groups', segmentBytes: Number.POSITIVE_INFINITY });
    const state = new StateLog(log, compactBytes);
    for (let from = log.first; ; ) {
      const stretch = await log.read(from);
      if (stretch === undefined) break;
      for (const { bytes } of stretch.records) state.#apply(JSON.parse(bytes.toString()) as StateRecord);
      from = stretch.next;
    }
    state.#written = log.segments.at(-1)?.bytes ?? 0;
    return state;
  }

  /** Makes or replaces a group; resolves when that is on the disk. */
  async put(group: string, state: GroupState): Promise<void> {
    await this.#append({ group, image: state.image() });
    this.groups.set(group, state);
  }

  /** Forgets a group. */
  async remove(group: string): Promise<void> {
    this.groups.delete(group);
    await this.#append({ group, gone: true });
  }

  /** Notes changes that were applied to a group's state; resolves when they are on the disk. */
  async note(group: string, changes: readonly GroupChange[]): Promise<void> {
    await this.#append({ group, changes });
    if (this.#written >= this.#compactBytes) await this.compact();
  }

  /** Writes everything anew. */
  compact(): Promise<void> {
    this.#compacting ??= this.#compact().finally(() => {
      this.#compacting = undefined;
    });
    return this.#compacting;
  }

  async close(): Promise<void> {
    await this.#compacting?.catch(() => undefined);
    await this.#log.close();
  }

  async #compact(): Promise<void> {
    await this.#log.roll();
    const fresh = this.#log.segments.at(-1)?.id;
    this.#written = 0;
    await Promise.all([...this.groups].map(([group, state]) => this.#append({ group, image: state.image() })));
    // A large image alone must not make the next compaction come at once.
    this.#written = 0;
    // The file before this one stays.
    while (this.#log.segments.length > 2 && this.#log.segments.at(-1)?.id === fresh) await this.#log.dropOldest();
  }

  async #append(record: StateRecord): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(record));
    this.#written += bytes.length;
    await this.#log.append(bytes);
  }

  #apply(record: StateRecord): void {
    if ('image' in record) this.groups.set(record.group, new GroupState(record.image));
    else if ('gone' in record) this.groups.delete(record.group);
    else for (const change of record.changes) this.groups.get(record.group)?.apply(change);
  }
}
