import type { TrailNote, Violation } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';

const TELL_EVERY_MS = 60_000;
/** Different refusals of one plugin that are told apart in that time. */
const TOLD_APART = 32;

export interface RefusalsOptions {
  readonly clock: Clock;
  readonly note: (note: TrailNote) => void;
  /** Every refusal of this run, also those that nobody was told of. */
  readonly refusedInAll: () => number;
}

interface Counted {
  readonly note: TrailNote;
  more: number;
}

/** Notes what was refused: at once when it is the first of its kind in a minute, then as a count. */
export class Refusals {
  readonly #options: RefusalsOptions;
  readonly #counted = new Map<string, Counted>();
  #stop: (() => void) | undefined;
  #seen = 0;
  #seenUntil = 0;

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  add(violation: Violation): void {
    this.#seen += 1;
    this.#stop ??= this.#options.clock.after(TELL_EVERY_MS, () => this.flush());
    const { sender, error } = violation;
    const exact = `${sender} ${error.code} ${violation.verb} ${violation.topic}`;
    const isKnown = this.#counted.has(exact) || this.#kindsOf(sender) < TOLD_APART;
    const key = isKnown ? exact : `${sender} …`;
    const counted = this.#counted.get(key);
    if (counted !== undefined) counted.more += 1;
    else {
      const note = isKnown ? noteOf(violation) : { kind: 'rule.broken', plugin: sender, details: { code: 'various' } };
      this.#counted.set(key, { note, more: 0 });
      this.#options.note(note);
    }
  }

  /** Notes what was counted since. */
  flush(): void {
    this.#stop?.();
    this.#stop = undefined;
    const { note, refusedInAll } = this.#options;
    for (const { note: first, more } of this.#counted.values())
      if (more > 0) note({ ...first, details: { ...first.details, again: String(more) } });
    this.#counted.clear();
    const all = refusedInAll();
    const untold = all - this.#seenUntil - this.#seen;
    if (untold > 0) note({ kind: 'rule.broken', details: { code: 'not told one by one', again: String(untold) } });
    this.#seenUntil = all;
    this.#seen = 0;
  }

  #kindsOf(sender: string): number {
    return [...this.#counted.keys()].filter((key) => key.startsWith(`${sender} `)).length;
  }
}

function noteOf({ sender, verb, topic, error }: Violation): TrailNote {
  const { details = {}, code } = error;
  const isDenied = code === 'KERNEL_PERMISSION_DENIED';
  const denied = { verb: String(details.verb), topic: String(details.topic).slice(0, 255) };
  return {
    kind: isDenied ? 'permission.denied' : 'rule.broken',
    plugin: sender,
    details: isDenied ? denied : { code, verb, topic },
  };
}
