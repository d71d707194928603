/** An event that a group gave up. */
export interface Letter {
  readonly sequence: number;
  readonly topic: string;
  readonly time: number;
  readonly diedAt: number;
  readonly sender: string;
  readonly attempts: number;
  readonly problem?: string;
  readonly bytes: number;
}

/** One thing that happened to a group. Applying it again changes nothing. */
export type GroupChange =
  /** Everything up to a sequence is settled, or not for this group. */
  | { readonly floor: number }
  | { readonly done: readonly number[] }
  | { readonly tried: number; readonly attempts: number }
  | { readonly dead: Letter }
  /** A dead letter goes to the group once more. */
  | { readonly again: number }
  | { readonly discarded: number }
  /** Everything after a sequence is to come once more. */
  | { readonly rewound: number }
  | { readonly missed: number; readonly redelivered: number; readonly seenAt: number };

/** A group as it is written down. */
export interface GroupImage {
  readonly pattern: string;
  readonly maxAttempts: number;
  readonly floor: number;
  readonly done: readonly number[];
  readonly tried: readonly (readonly [number, number])[];
  readonly letters: readonly Letter[];
  readonly again: readonly number[];
  readonly missed: number;
  readonly redelivered: number;
  readonly seenAt: number;
}

/** What a group must not forget: what it settled, tried and gave up. */
export class GroupState {
  readonly pattern: string;
  maxAttempts: number;
  floor: number;
  /** Settled above the floor. */
  readonly done: Set<number>;
  /** How often those that are not settled were tried. */
  readonly tried: Map<number, number>;
  readonly letters: Map<number, Letter>;
  /** Dead letters that were handed to the group once more; they lie below the floor. */
  readonly again: Set<number>;
  missed: number;
  redelivered: number;
  /** When it last had a member. */
  seenAt: number;

  constructor(image: GroupImage) {
    this.pattern = image.pattern;
    this.maxAttempts = image.maxAttempts;
    this.floor = image.floor;
    this.done = new Set(image.done);
    this.tried = new Map(image.tried);
    this.letters = new Map(image.letters.map((letter) => [letter.sequence, letter]));
    this.again = new Set(image.again);
    this.missed = image.missed;
    this.redelivered = image.redelivered;
    this.seenAt = image.seenAt;
  }

  apply(change: GroupChange): void {
    if ('floor' in change) this.#raise(change.floor);
    else if ('done' in change) for (const sequence of change.done) this.#settle(sequence);
    else if ('tried' in change) this.tried.set(change.tried, change.attempts);
    else if ('dead' in change) {
      this.#settle(change.dead.sequence);
      this.letters.set(change.dead.sequence, change.dead);
    } else if ('again' in change) {
      if (this.letters.delete(change.again)) this.again.add(change.again);
    } else if ('discarded' in change) this.letters.delete(change.discarded);
    else if ('rewound' in change) this.#rewind(change.rewound);
    else {
      this.missed = change.missed;
      this.redelivered = change.redelivered;
      this.seenAt = change.seenAt;
    }
  }

  image(): GroupImage {
    const { pattern, maxAttempts, floor, missed, redelivered, seenAt } = this;
    const lists = { done: [...this.done], tried: [...this.tried], again: [...this.again] };
    return { pattern, maxAttempts, floor, missed, redelivered, seenAt, ...lists, letters: [...this.letters.values()] };
  }

  /** The lowest sequence that the group may still need. */
  needsFrom(): number {
    let lowest = this.floor + 1;
    for (const sequence of this.again) lowest = Math.min(lowest, sequence);
    for (const sequence of this.letters.keys()) lowest = Math.min(lowest, sequence);
    return lowest;
  }

  #raise(floor: number): void {
    if (floor <= this.floor) return;
    this.floor = floor;
    for (const sequence of this.done) if (sequence <= floor) this.done.delete(sequence);
    for (const sequence of this.tried.keys()) {
      if (sequence <= floor && !this.again.has(sequence)) this.tried.delete(sequence);
    }
  }

  #rewind(to: number): void {
    this.floor = Math.min(this.floor, to);
    for (const known of [this.done, this.tried, this.letters, this.again]) {
      for (const sequence of known.keys()) if (sequence > to) known.delete(sequence);
    }
  }

  #settle(sequence: number): void {
    this.tried.delete(sequence);
    if (!this.again.delete(sequence) && sequence > this.floor) this.done.add(sequence);
  }
}
