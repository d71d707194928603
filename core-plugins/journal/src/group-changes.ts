import type { GroupChange, GroupState } from './group-state.ts';

/** Applies what happens to a group at once, and gathers it to be written down. */
export class GroupChanges {
  readonly #state: GroupState;
  readonly #onChange: () => void;
  #changes: GroupChange[] = [];
  #done: number[] = [];
  #countersChanged = false;

  constructor(state: GroupState, onChange: () => void) {
    this.#state = state;
    this.#onChange = onChange;
  }

  note(change: GroupChange): void {
    this.#state.apply(change);
    this.#changes.push(change);
    this.#onChange();
  }

  /** An event is settled. */
  done(sequence: number): void {
    if (this.#state.again.has(sequence)) {
      this.note({ done: [sequence] });
      return;
    }
    this.#state.apply({ done: [sequence] });
    this.#done.push(sequence);
    this.#onChange();
  }

  /** Everything after a sequence is to come once more, also what was settled and is not written down yet. */
  rewind(to: number): void {
    if (this.#done.length > 0) this.#changes.push({ done: this.#done });
    this.#done = [];
    this.note({ rewound: to });
  }

  count(counter: 'missed' | 'redelivered', by: number): void {
    if (by === 0) return;
    this.#state[counter] += by;
    this.#countersChanged = true;
    this.#onChange();
  }

  seen(now: number): void {
    this.#state.seenAt = now;
    this.#countersChanged = true;
    this.#onChange();
  }

  /** What is to be written. @param floor everything up to it is settled: it need not be named one by one */
  take(floor: number): readonly GroupChange[] {
    const changes = this.#changes;
    const { missed, redelivered, seenAt } = this.#state;
    if (floor > this.#state.floor) {
      const raise = { floor };
      this.#state.apply(raise);
      changes.push(raise);
    }
    const done = this.#done.filter((sequence) => sequence > floor);
    if (done.length > 0) changes.push({ done });
    if (this.#countersChanged) changes.push({ missed, redelivered, seenAt });
    [this.#changes, this.#done, this.#countersChanged] = [[], [], false];
    return changes;
  }
}
