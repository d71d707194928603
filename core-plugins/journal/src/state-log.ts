import type { GroupChange, GroupImage, Letter } from './group-state.ts';
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

  /**
   * Takes out for good why letters died that no group keeps any more: an error may quote what could not be handled. Files that hold
   * such words are destroyed, as those of events are. @throws AicoError JOURNAL_FULL, JOURNAL_UNWRITABLE
   */
  async forgetProblems(): Promise<void> {
    await this.#compacting?.catch(() => undefined);
    let isAny = false;
    await this.#log.rewrite((_, bytes) => {
      const record = JSON.parse(bytes.toString()) as StateRecord;
      const other = this.#withoutProblems(record);
      if (other === record) return undefined;
      isAny = true;
      return Buffer.from(JSON.stringify(other));
    });
    if (isAny) await this.compact();
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

  /** The record itself where it holds no such words. */
  #withoutProblems(record: StateRecord): StateRecord {
    if ('gone' in record) return record;
    const letters = this.groups.get(record.group)?.letters;
    let isAny = false;
    const strip = (letter: Letter): Letter => {
      const { problem, ...rest } = letter;
      if (problem === undefined || letters?.get(letter.sequence)?.diedAt === letter.diedAt) return letter;
      isAny = true;
      return rest;
    };
    const { group } = record;
    const other: StateRecord =
      'image' in record
        ? { group, image: { ...record.image, letters: record.image.letters.map(strip) } }
        : { group, changes: record.changes.map((each) => ('dead' in each ? { dead: strip(each.dead) } : each)) };
    return isAny ? other : record;
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
