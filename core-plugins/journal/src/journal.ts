import {
  AicoError,
  type Consume,
  type DurableEvent,
  type JournalEvent,
  type JournalEventPage,
  type JournalStatus,
} from '@aico/sdk';
import { parsePattern } from '@aico/sdk/protocol';
import { EventLog } from './event-log.ts';
import { Group } from './group.ts';
import { GroupState, type Letter } from './group-state.ts';
import type { KeptEvent } from './kept-event.ts';
import { countToDrop, type Limits, shouldRoll } from './retention.ts';
import { StateLog } from './state-log.ts';
import { StateWriter } from './state-writer.ts';
import { TopicCounts } from './topic-counts.ts';

const SEGMENT_BYTES = 16 * 1024 * 1024;
const COMPACT_BYTES = 4 * 1024 * 1024;
const MOST_GROUPS = 1_000;
const MAX_ATTEMPTS = 5;
const DRAIN_STEP_MS = 10;
const PAGE = 1_000;
/** How long consumers get to settle what they have before it may be taken out, ms. */
const SETTLE_MS = 5_000;

export interface JournalOptions {
  readonly folder: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly now: () => number;
  readonly after: (milliseconds: number, handler: () => void) => () => void;
  readonly report: {
    /** A part of a file did not check out. */
    damaged(file: string, at: number, problem: string): void;
    dead(group: string, letter: Letter): void;
    failed(doing: string, error: unknown): void;
    dropped(files: number, missed: readonly string[]): void;
  };
  readonly segmentBytes?: number;
  readonly compactBytes?: number;
}

/** Keeps events until every group that wants them has settled them. */
export class Journal {
  readonly #options: JournalOptions;
  readonly #events: EventLog;
  readonly #state: StateLog;
  readonly #writer: StateWriter;
  readonly #counts: TopicCounts;
  readonly #damage: ReadonlySet<string>;
  readonly #groups = new Map<string, Group>();
  readonly #making = new Map<string, Promise<Group>>();

  private constructor(options: JournalOptions, events: EventLog, state: StateLog, damage: ReadonlySet<string>) {
    this.#options = options;
    this.#events = events;
    this.#state = state;
    this.#damage = damage;
    this.#counts = new TopicCounts(events);
    const { after, report } = options;
    this.#writer = new StateWriter({
      state,
      after,
      onFailure: (error) => report.failed('write down positions', error),
    });
  }

  /** @throws AicoError JOURNAL_KEY_WRONG, JOURNAL_FULL, JOURNAL_UNWRITABLE */
  static async open(options: JournalOptions): Promise<Journal> {
    const { folder, key, now, segmentBytes = SEGMENT_BYTES, compactBytes = COMPACT_BYTES } = options;
    const damage = new Set<string>();
    const onDamage = (file: string, at: number, problem: string): void => {
      if (damage.has(`${file}:${at}`)) return;
      damage.add(`${file}:${at}`);
      options.report.damaged(file, at, problem);
    };
    const state = await StateLog.open({ folder, key, now, onDamage }, compactBytes);
    // Were the newest file lost, its numbers must not be given a second time.
    const highest = [...state.groups.values()].map(({ floor, done }) => Math.max(floor, ...done));
    const notBefore = Math.max(0, ...highest) + 1;
    const events = await EventLog.open({ folder, key, now, onDamage, segmentBytes, notBefore });
    const journal = new Journal(options, events, state, damage);
    for (const [name, group] of state.groups) {
      group.seenAt = now();
      await journal.#revive(name, group);
    }
    return journal;
  }

  /** Keeps an event; resolves to its sequence when it is on the disk. @throws AicoError JOURNAL_FULL, JOURNAL_UNWRITABLE */
  async append(event: DurableEvent): Promise<number> {
    const kept: KeptEvent = await this.#events.append(event);
    for (const group of this.#groups.values()) group.offer(kept);
    return kept.sequence;
  }

  /** The group of a name; made, on the disk, when it is new. @throws AicoError JOURNAL_GROUP_CHANGED */
  async join(name: string, wish: Consume): Promise<Group> {
    // Nothing is waited for between looking and making: who joins at the same moment must find the same group.
    const known = this.#groups.get(name) ?? (await (this.#making.get(name) ?? this.#begin(name, wish)));
    const { pattern } = known.state;
    if (pattern === wish.pattern) return known;
    throw new AicoError('JOURNAL_GROUP_CHANGED', { subject: name, details: { known: pattern, pattern: wish.pattern } });
  }

  /** @throws AicoError JOURNAL_GROUP_UNKNOWN */
  group(name: string): Group {
    const group = this.#groups.get(name);
    if (group === undefined) throw new AicoError('JOURNAL_GROUP_UNKNOWN', { subject: name });
    return group;
  }

  /** Hands a group everything from a place on once more; resolves to its sequence. @throws AicoError JOURNAL_GROUP_UNKNOWN */
  async rewind(name: string, from: Consume['from']): Promise<number> {
    const group = this.group(name);
    const sequence = await this.#beginning(from);
    group.rewind(sequence);
    await this.flush();
    return sequence;
  }

  get groups(): IterableIterator<Group> {
    return this.#groups.values();
  }

  /** An event, or undefined when it is no longer there. */
  event(sequence: number): Promise<KeptEvent | undefined> {
    return this.#events.get(sequence);
  }

  /** A page of what is known of events, without what they say; of those that were forgotten nothing is known. */
  async list(after = 0, limit = PAGE): Promise<JournalEventPage> {
    const { first, last } = this.#events;
    const found: JournalEvent[] = [];
    let next = Math.max(after, first - 1);
    while (found.length < limit && next < last) {
      const stretch = await this.#events.read(next + 1);
      if (stretch === undefined) break;
      const kept = stretch.events.filter(({ sequence, isForgotten }) => sequence > next && !isForgotten);
      const events = kept.slice(0, limit - found.length);
      found.push(...events.map(knownOf));
      next = found.length < limit ? stretch.next - 1 : (events.at(-1)?.sequence ?? next);
    }
    return { events: found, first, last, next, more: next < last };
  }

  async status(): Promise<JournalStatus> {
    const topics = [...(await this.#counts.count())].map(([topic, events]) => ({ topic, events }));
    const { first, last, log } = this.#events;
    const oldest = (await this.#events.read(first))?.events[0]?.time;
    const groups = [...this.#groups.values()].map((group) => group.status());
    const status = {
      events: last - first + 1,
      bytes: log.bytes,
      first,
      last,
      groups,
      topics,
      damaged: this.#damage.size,
    };
    return oldest === undefined ? status : { ...status, oldest: new Date(oldest).toISOString() };
  }

  /** Resolves when what was settled so far is on the disk. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /**
   * Takes out for good what speaks of one of these ids. What is sealed cannot be told apart here: of that everything goes that was
   * kept from a time on, up to another; consumers get a moment to settle it first. How many events went.
   */
  async forget(ids: readonly string[], since: number, before = Number.POSITIVE_INFINITY): Promise<number> {
    await this.#settled(SETTLE_MS);
    const { now } = this.#options;
    const until = Math.min(now(), before);
    const forgotten = await this.#events.forget((event) => {
      const mentions = event.mentions(ids);
      return mentions === 'sealed' ? event.time >= since && event.time <= until : mentions;
    });
    this.#counts.reset();
    for (const group of this.#groups.values()) group.withdraw(forgotten);
    await this.flush();
    await this.#state.forgetProblems();
    return forgotten.length;
  }

  /** Drops what is too old or too much, and groups that nobody has joined for as long. */
  async tidy(limits: Limits): Promise<void> {
    const { now, report } = this.#options;
    const { log } = this.#events;
    const newest = log.segments.at(-1);
    // Where there is no room for a new file, dropping old ones makes some.
    if (newest !== undefined && newest.last >= newest.first && shouldRoll(newest.madeAt, limits, now()))
      await log.roll().catch((error: unknown) => report.failed('begin a new file', error));
    for (const group of this.#groups.values()) {
      if (group.members > 0 || now() - group.state.seenAt < limits.maxAgeMs) continue;
      this.#groups.delete(group.name);
      await this.#state.remove(group.name);
    }
    const neededFrom = Math.min(...[...this.#groups.values()].map(({ state }) => state.needsFrom()));
    const count = countToDrop(log.segments, limits, neededFrom, now());
    if (count === 0) return;
    for (let dropped = 0; dropped < count; dropped += 1) await log.dropOldest();
    const missed = [...this.#groups.values()].filter((group) => group.forget(log.first)).map(({ name }) => name);
    report.dropped(count, missed);
  }

  /** Hands out nothing more and waits a while for what is being handled. */
  async drain(milliseconds: number): Promise<void> {
    for (const group of this.#groups.values()) group.pause();
    const { after } = this.#options;
    for (let waited = 0; waited < milliseconds; waited += DRAIN_STEP_MS) {
      if ([...this.#groups.values()].every(({ inFlight }) => inFlight === 0)) break;
      await new Promise<void>((resolve) => void after(DRAIN_STEP_MS, resolve));
    }
    await this.flush();
  }

  /** Waits a while until consumers have settled what they have. */
  async #settled(milliseconds: number): Promise<void> {
    const { after } = this.#options;
    const isBusy = (): boolean =>
      [...this.#groups.values()].some((group) => group.members > 0 && group.status().waiting + group.inFlight > 0);
    for (let waited = 0; waited < milliseconds && isBusy(); waited += DRAIN_STEP_MS)
      await new Promise<void>((resolve) => void after(DRAIN_STEP_MS, resolve));
  }

  async close(): Promise<void> {
    for (const group of this.#groups.values()) group.pause();
    await this.#writer.close();
    await this.#events.close();
    await this.#state.close();
  }

  #begin(name: string, wish: Consume): Promise<Group> {
    const making = this.#make(name, wish).finally(() => this.#making.delete(name));
    this.#making.set(name, making);
    return making;
  }

  async #make(name: string, wish: Consume): Promise<Group> {
    if (this.#groups.size >= MOST_GROUPS)
      throw new AicoError('JOURNAL_GROUP_LIMIT', { subject: name, details: { limit: MOST_GROUPS } });
    const floor = (await this.#beginning(wish.from)) - 1;
    const empty = { done: [], tried: [], letters: [], again: [], missed: 0, redelivered: 0 };
    const { maxAttempts = MAX_ATTEMPTS } = wish;
    const made = { pattern: parsePattern(wish.pattern), maxAttempts, floor, seenAt: this.#options.now(), ...empty };
    const state = new GroupState(made);
    await this.#state.put(name, state);
    return this.#revive(name, state);
  }

  async #revive(name: string, state: GroupState): Promise<Group> {
    const { now, after, report } = this.#options;
    const group = new Group({
      ...{ name, state, events: this.#events, now, after },
      onChange: () => this.#writer.touch(group),
      onDead: (letter) => report.dead(name, letter),
      onFailure: (error) => report.failed('read events', error),
    });
    this.#groups.set(name, group);
    await group.begin();
    return group;
  }

  /** The first sequence that a new group gets. */
  async #beginning(from: Consume['from'] = { at: 'new' }): Promise<number> {
    const { first, last } = this.#events;
    if (from.at === 'new') return last + 1;
    if (from.at === 'start') return first;
    if (from.at === 'time') return this.#events.sequenceAt(Date.parse(from.time));
    return Math.min(Math.max(first, from.sequence), last + 1);
  }
}

function knownOf({ sequence, topic, time, sender, bytes }: KeptEvent): JournalEvent {
  return { sequence, topic, time: new Date(time).toISOString(), sender, bytes };
}
