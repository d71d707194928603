import type { Delivery } from '@aico/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Group } from '../src/group.ts';
import { event, openJournal, TOPIC } from './open-journal.ts';
import { temporaryFolder } from './temporary-journal.ts';

const MEMBERS = 3;
const KEYS = ['a', 'b', undefined];
const MAX_ATTEMPTS = 4;

type Step =
  | { readonly do: 'publish'; readonly key: number; readonly times: number }
  | { readonly do: 'settle' | 'return' | 'return later'; readonly which: number }
  | { readonly do: 'leave'; readonly member: number }
  | { readonly do: 'join'; readonly member: number }
  | { readonly do: 'restart' | 'look' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      key: fc.nat(2),
      times: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('settle' as const, 'settle' as const, 'return' as const, 'return later' as const),
      which: fc.nat(20),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('leave' as const, 'join' as const), member: fc.nat(MEMBERS - 1) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'look' as const, 'look' as const) }) },
);

test('whatever happens, every event is settled or dead in the end, once, and in the order of its key [BUS-6]', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const model = new Model(temporaryFolder());
      await model.open();
      try {
        for (const each of steps) await model.take(each);
        await model.finish();
      } finally {
        await model.close();
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);

/** One group with some members, and what must hold of it. */
class Model {
  readonly #folder: string;
  #journal: Awaited<ReturnType<typeof openJournal>> | undefined;
  #group: Group | undefined;
  #members: (ReturnType<Group['join']> | undefined)[] = [];
  readonly #here = new Set<number>();
  /** Handed out and not answered, by member. */
  #held: { readonly member: number; readonly delivery: Delivery }[] = [];
  readonly #published: { readonly sequence: number; readonly key: string | undefined }[] = [];
  readonly #settled = new Set<number>();
  readonly #wrong: string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<void> {
    this.#journal = await openJournal(this.#folder, { segmentBytes: 2_000, compactBytes: 1_000 });
    this.#group = await this.#journal.join('memory/main', { pattern: TOPIC, group: 'main', from: { at: 'start' } });
    this.#members = [];
    this.#held = [];
    for (let member = 0; member < MEMBERS; member += 1) this.#join(member);
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'publish') {
      const key = KEYS[step.key];
      const texts = Array.from({ length: step.times }, () => event(key === undefined ? {} : { key }));
      const sequences = await Promise.all(texts.map((each) => this.#journal?.append(each)));
      for (const sequence of sequences) this.#published.push({ sequence: sequence ?? 0, key });
    } else if (step.do === 'leave') this.#leave(step.member);
    else if (step.do === 'join') this.#join(step.member);
    else if (step.do === 'look') await new Promise((resolve) => setTimeout(resolve, 2));
    else if (step.do === 'restart') {
      await this.close();
      await this.open();
    } else if ('which' in step) this.#answer(step.which, step.do);
  }

  /** Settles what is left, and looks at everything. */
  async finish(): Promise<void> {
    this.#join(0);
    const isOver = (): boolean => {
      const { waiting = 0, inFlight = 0 } = this.#group?.status() ?? {};
      return waiting + inFlight === 0;
    };
    for (let rounds = 0; rounds < 2_000 && !isOver(); rounds += 1) {
      while (this.#held.length > 0) this.#answer(0, 'settle');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const letters = new Set(this.#group?.state.letters.keys());
    for (const { sequence } of this.#published) {
      const [isSettled, isDead] = [this.#settled.has(sequence), letters.has(sequence)];
      if (isSettled === isDead) this.#wrong.push(`${sequence} is ${isSettled ? 'settled and dead' : 'lost'}`);
    }
    expect(this.#wrong).toEqual([]);
    expect(this.#group?.status()).toMatchObject({ waiting: 0, inFlight: 0, missed: 0 });
  }

  #join(member: number): void {
    if (this.#members[member] !== undefined) return;
    const options = { incarnation: `member-${member}`, maxInFlight: 4, onFailure: () => {} };
    this.#here.add(member);
    const write = async (delivery: Delivery): Promise<void> => this.#receive(member, delivery);
    this.#members[member] = this.#group?.join({ ...options, write }, MAX_ATTEMPTS);
  }

  #leave(member: number): void {
    const left = this.#members[member];
    this.#members[member] = undefined;
    this.#here.delete(member);
    this.#held = this.#held.filter((held) => held.member !== member);
    if (left !== undefined) this.#group?.leave(left);
  }

  #receive(member: number, delivery: Delivery): void {
    const { sequence, key, attempt } = delivery;
    if (!this.#here.has(member)) return;
    if (this.#settled.has(sequence)) this.#wrong.push(`${sequence} came after it was settled`);
    if (this.#held.some(({ delivery: other }) => other.sequence === sequence))
      this.#wrong.push(`${sequence} came twice`);
    if (attempt > MAX_ATTEMPTS) this.#wrong.push(`${sequence} came for the ${attempt}th time`);
    for (const before of this.#published) {
      if (key === undefined || before.key !== key || before.sequence >= sequence) continue;
      const isOver = this.#settled.has(before.sequence) || this.#group?.state.letters.has(before.sequence);
      if (!isOver) this.#wrong.push(`${sequence} came before ${before.sequence} was over`);
    }
    this.#held.push({ member, delivery });
  }

  #answer(which: number, how: 'settle' | 'return' | 'return later'): void {
    const [held] = this.#held.splice(which % Math.max(1, this.#held.length), 1);
    if (held === undefined) return;
    const { sequence } = held.delivery;
    const base = { pattern: TOPIC, group: 'main' };
    if (how === 'settle') {
      this.#settled.add(sequence);
      this.#group?.settle({ ...base, acknowledged: [sequence], returned: [] }, `member-${held.member}`);
    } else {
      const returned = [{ sequence, delayMs: how === 'return' ? 0 : 3 }];
      this.#group?.settle({ ...base, acknowledged: [], returned }, `member-${held.member}`);
    }
  }
}
