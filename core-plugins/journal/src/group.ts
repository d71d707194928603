import { AicoError, type GroupStatus, type Settle } from '@aico/sdk';
import { matches, type Pattern, type Topic } from '@aico/sdk/protocol';
import { restMs } from './backoff.ts';
import type { Entry } from './entry.ts';
import type { EventLog } from './event-log.ts';
import { GroupChanges } from './group-changes.ts';
import type { GroupChange, GroupState, Letter } from './group-state.ts';
import type { KeptEvent } from './kept-event.ts';
import { Member, type MemberOptions } from './member.ts';
import { Window } from './window.ts';

/** A group with so many dead letters gets nothing more until someone looks at them. */
const MOST_LETTERS = 10_000;
/** An event that so many members went away with is handed out alone. */
const FALLS_TO_BE_ALONE = 2;
/** Settled ahead of what is still open. */
const MOST_DONE = 65_536;
const READ_AGAIN_MS = 1_000;
const GONE = 'The consumer went away before it settled the event.';

export interface GroupPowers {
  readonly name: string;
  readonly state: GroupState;
  readonly events: Pick<EventLog, 'read' | 'get' | 'last'>;
  readonly now: () => number;
  /** Calls back after some ms; returns its undo. */
  readonly after: (milliseconds: number, handler: () => void) => () => void;
  /** There is something to write down. */
  readonly onChange: () => void;
  readonly onDead: (letter: Letter) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Consumers that share the events of a pattern: each event goes to one of them, until one settles it. */
export class Group {
  readonly name: string;
  readonly state: GroupState;
  readonly #powers: GroupPowers;
  readonly #changes: GroupChanges;
  readonly #window = new Window();
  readonly #members = new Set<Member>();
  /** Every event up to here was looked at. */
  #fetched: number;
  #filling = false;
  #paused = false;
  /** Waits for a member that has nothing else. */
  #careful: Entry | undefined;

  constructor(powers: GroupPowers) {
    this.#powers = powers;
    this.name = powers.name;
    this.state = powers.state;
    this.#fetched = powers.state.floor;
    this.#changes = new GroupChanges(powers.state, powers.onChange);
  }

  /** Begins with what it has not settled. */
  async begin(): Promise<void> {
    for (const sequence of [...this.state.again]) await this.#readmit(sequence);
    void this.#fill();
  }

  get inFlight(): number {
    return [...this.#members].reduce((sum, { inFlight }) => sum + inFlight.size, 0);
  }

  get members(): number {
    return this.#members.size;
  }

  join(options: MemberOptions, maxAttempts: number): Member {
    this.state.maxAttempts = maxAttempts;
    const member = new Member(options, (entry) => this.#load(entry));
    this.#members.add(member);
    this.#changes.seen(this.#powers.now());
    this.#pump();
    return member;
  }

  /** A member is gone: what it had goes to the others at once. */
  leave(member: Member): void {
    if (!this.#members.delete(member)) return;
    this.#changes.seen(this.#powers.now());
    for (const entry of [...member.inFlight]) {
      entry.falls += 1;
      if (!this.#failed(entry, GONE)) this.#window.retry(entry);
    }
    this.#pump();
  }

  /** A new event is on the disk. */
  offer(event: KeptEvent): void {
    if (event.sequence === this.#fetched + 1 && this.#window.hasRoom) {
      this.#take(event);
      this.#pump();
    } else void this.#fill();
  }

  /** How many of them were known. */
  settle({ acknowledged, returned }: Settle, incarnation: string): number {
    let settled = 0;
    for (const sequence of acknowledged) if (this.#acknowledge(sequence)) settled += 1;
    for (const { sequence, problem, delayMs } of returned) {
      const entry = this.#window.get(sequence);
      // One that has gone to another member meanwhile is no longer theirs to return.
      if (entry?.member?.incarnation !== incarnation) continue;
      settled += 1;
      if (!this.#failed(entry, problem)) this.#rest(entry, delayMs ?? restMs(entry.attempts));
    }
    void this.#fill();
    this.#pump();
    return settled;
  }

  /** @throws AicoError JOURNAL_LETTER_UNKNOWN */
  async replay(sequence: number): Promise<void> {
    this.letter(sequence);
    this.#changes.note({ again: sequence });
    await this.#readmit(sequence);
  }

  /**
   * Hands out everything from a sequence on once more, whatever became of it. What is being handled right now may be settled
   * by that.
   */
  rewind(from: number): void {
    for (const entry of [...this.#window.entries()]) {
      entry.member?.release(entry);
      this.#window.settle(entry);
    }
    this.#changes.rewind(from - 1);
    this.#fetched = this.state.floor;
    for (const sequence of [...this.state.again]) void this.#readmit(sequence);
    void this.#fill();
  }

  /** @throws AicoError JOURNAL_LETTER_UNKNOWN */
  discard(sequence: number): void {
    this.letter(sequence);
    this.#changes.note({ discarded: sequence });
    this.#pump();
  }

  /** @throws AicoError JOURNAL_LETTER_UNKNOWN */
  letter(sequence: number): Letter {
    const letter = this.state.letters.get(sequence);
    if (letter !== undefined) return letter;
    throw new AicoError('JOURNAL_LETTER_UNKNOWN', { subject: this.name, details: { sequence } });
  }

  /** Events before a sequence are gone. Whether the group has missed some. */
  forget(first: number): boolean {
    const gone = [...this.#window.entries()].filter(({ sequence }) => sequence < first);
    for (const entry of gone) this.#finish(entry);
    const unseen = Math.max(0, first - 1 - this.#fetched);
    this.#fetched += unseen;
    this.#changes.count('missed', gone.length + unseen);
    for (const sequence of [...this.state.letters.keys()]) {
      if (sequence < first) this.#changes.note({ discarded: sequence });
    }
    this.#pump();
    return gone.length + unseen > 0;
  }

  /** Events were taken out for good: nobody gets them any more, and nobody missed them. */
  withdraw(sequences: readonly number[]): void {
    for (const sequence of sequences) {
      const entry = this.#window.get(sequence);
      if (entry !== undefined) this.#finish(entry);
      else if (this.state.again.has(sequence)) this.#changes.done(sequence);
      if (this.state.letters.has(sequence)) this.#changes.note({ discarded: sequence });
    }
    this.#pump();
  }

  /** Hands out nothing more. */
  pause(): void {
    this.#paused = true;
  }

  /** What is to be written down since the last time. */
  takeChanges(): readonly GroupChange[] {
    let floor = this.#fetched;
    for (const { sequence } of this.#window.entries()) {
      if (this.state.again.has(sequence)) continue;
      floor = sequence - 1;
      break;
    }
    return this.#changes.take(floor);
  }

  status(): GroupStatus {
    const { pattern, floor: position, redelivered, letters, missed } = this.state;
    const { inFlight, name } = this;
    const waiting = this.#window.size - inFlight + this.#powers.events.last - this.#fetched;
    const members = this.#members.size;
    return { name, pattern, members, position, waiting, inFlight, redelivered, dead: letters.size, missed };
  }

  async #fill(): Promise<void> {
    if (this.#filling || !this.#window.isLow) return;
    this.#filling = true;
    try {
      while (this.#window.hasRoom && this.#fetched < this.#powers.events.last && !this.#paused) {
        const from = this.#fetched + 1;
        const stretch = await this.#powers.events.read(from);
        if (stretch === undefined) break;
        // Rewound meanwhile: what lies between is not lost.
        if (this.#fetched + 1 < from) continue;
        for (const event of stretch.events) if (this.#window.hasRoom) this.#take(event);
        if (this.#window.hasRoom) this.#passTo(stretch.next);
        this.#pump();
      }
    } catch (error) {
      this.#powers.onFailure(error);
      this.#powers.after(READ_AGAIN_MS, () => void this.#fill());
    } finally {
      this.#filling = false;
    }
  }

  /** Looks at the event at a place; those before it that should be there are lost. */
  #take(event: KeptEvent): void {
    const { sequence, topic } = event;
    if (sequence <= this.#fetched) return;
    this.#passTo(sequence);
    this.#fetched = sequence;
    if (event.isForgotten || !matches(this.state.pattern as Pattern, topic as Topic)) return;
    if (this.state.done.has(sequence) || this.#window.get(sequence) !== undefined) return;
    this.#window.add(event, this.state.tried.get(sequence) ?? 0);
  }

  #passTo(next: number): void {
    const lost = Math.max(0, next - 1 - this.#fetched);
    this.#fetched += lost;
    this.#changes.count('missed', lost);
  }

  async #readmit(sequence: number): Promise<void> {
    const event = await this.#powers.events.get(sequence);
    if (!this.state.again.has(sequence)) return;
    if (event === undefined) {
      this.#changes.done(sequence);
      this.#changes.count('missed', 1);
    } else if (this.#window.get(sequence) === undefined) {
      this.#window.add(event, this.state.tried.get(sequence) ?? 0);
      this.#pump();
    }
  }

  #pump(): void {
    while (!this.#paused && this.state.letters.size < MOST_LETTERS) {
      const entry = this.#careful ?? this.#window.next();
      this.#careful = undefined;
      if (entry === undefined) return;
      if (entry.state !== 'ready') continue;
      const alone = entry.falls >= FALLS_TO_BE_ALONE;
      const member = this.#choose(alone);
      if (member === undefined) {
        this.#careful = entry;
        return;
      }
      if (entry.attempts > 0) this.#changes.count('redelivered', 1);
      member.send(entry);
      member.alone = alone;
    }
  }

  /** The member with the least to do that has room. */
  #choose(alone: boolean): Member | undefined {
    let chosen: Member | undefined;
    for (const member of this.#members) {
      if (!member.hasRoom || (alone && member.inFlight.size > 0)) continue;
      if (chosen === undefined || member.inFlight.size < chosen.inFlight.size) chosen = member;
    }
    return chosen;
  }

  #acknowledge(sequence: number): boolean {
    const entry = this.#window.get(sequence);
    if (entry !== undefined) {
      this.#finish(entry);
      return true;
    }
    const { state } = this;
    // Handed out before the journal started anew, and not looked at again yet.
    const unseen = sequence > this.#fetched && sequence <= this.#powers.events.last;
    if (!unseen || state.done.has(sequence) || state.done.size >= MOST_DONE) return false;
    this.#changes.done(sequence);
    return true;
  }

  #finish(entry: Entry): void {
    entry.member?.release(entry);
    this.#window.settle(entry);
    this.#changes.done(entry.sequence);
  }

  /** Counts a failed try. Whether that was the last. */
  #failed(entry: Entry, problem: string | undefined): boolean {
    entry.member?.release(entry);
    entry.attempts += 1;
    const { sequence, topic, time, sender, bytes, attempts } = entry;
    if (attempts < this.state.maxAttempts) {
      this.#changes.note({ tried: sequence, attempts });
      return false;
    }
    const letter = { sequence, topic, time, diedAt: this.#powers.now(), sender, attempts, bytes };
    const dead = problem === undefined ? letter : { ...letter, problem };
    this.#window.settle(entry);
    this.#changes.note({ dead });
    this.#powers.onDead(dead);
    return true;
  }

  #rest(entry: Entry, milliseconds: number): void {
    entry.state = 'resting';
    entry.endRest = this.#powers.after(milliseconds, () => {
      this.#window.retry(entry);
      this.#pump();
    });
  }

  /** Reads an event that is not in memory; one that is gone counts as missed. */
  async #load(entry: Entry): Promise<KeptEvent | undefined> {
    const event = await this.#powers.events.get(entry.sequence);
    if (event === undefined && entry.state !== 'settled') {
      this.#finish(entry);
      this.#changes.count('missed', 1);
    }
    return event;
  }
}
