import type { Delivery } from '@aico/sdk';
import { expect, test } from 'vitest';
import type { Journal } from '../src/journal.ts';
import { event, openJournal, TOPIC } from './open-journal.ts';
import { codeOf, temporaryFolder } from './temporary-journal.ts';

const NAME = 'memory/main';
const wish = { pattern: TOPIC, group: 'main' };

test('each event goes to one member of a group, and to every group [BUS-6]', async () => {
  await using given = await opened();
  const { journal } = given;
  const [one, two] = [await consumer(journal, NAME, 'a'), await consumer(journal, NAME, 'b')];
  const other = await consumer(journal, 'console/log', 'c');
  for (let at = 1; at <= 6; at += 1) await journal.append(event({ at }));
  await until(() => one.seen.length + two.seen.length === 6 && other.seen.length === 6);
  expect([...one.seen, ...two.seen].map(({ sequence }) => sequence).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect([one.seen.length, two.seen.length]).toEqual([3, 3]);
  expect(other.seen[0]).toMatchObject({ topic: TOPIC, sender: 'chat', attempt: 1, data: { at: 1 } });
});

test('members that join a new group at the same moment share it: each event goes to one of them [BUS-6]', async () => {
  await using given = await opened();
  const { journal } = given;
  for (let at = 1; at <= 4; at += 1) await journal.append(event({ at }));
  const groups = await Promise.all([1, 2, 3].map(() => journal.join(NAME, { ...wish, from: { at: 'start' } })));
  expect(groups.every((group) => group === groups[0])).toBe(true);
  expect(
    await Promise.all(
      ['chat.>', TOPIC].map((pattern) => codeOf(() => journal.join('memory/other', { ...wish, pattern }))),
    ),
  ).toEqual([undefined, 'JOURNAL_GROUP_CHANGED']);
});

test('no member gets more than it can have unsettled', async () => {
  await using given = await opened();
  const { journal } = given;
  const one = await consumer(journal, NAME, 'a', 2);
  for (let at = 1; at <= 5; at += 1) await journal.append(event({ at }));
  await until(() => one.seen.length === 2);
  await pause(20);
  expect(one.seen).toHaveLength(2);
  one.ack(1);
  await until(() => one.seen.length === 3);
  expect(journal.group(NAME).status()).toMatchObject({ position: 0, inFlight: 2, waiting: 2 });
  await journal.flush();
  expect(journal.group(NAME).status().position).toBe(1);
});

test('events of one key wait for the one before them; others go on [BUS-6]', async () => {
  await using given = await opened();
  const { journal } = given;
  const one = await consumer(journal, NAME, 'a');
  for (const key of ['x', 'x', 'y', undefined, undefined, 'x']) await journal.append(event({ key }));
  await until(() => one.seen.length === 4);
  expect(one.seen.map(({ sequence }) => sequence)).toEqual([1, 3, 4, 5]);
  expect(one.seen.map(({ key }) => key)).toEqual(['x', 'y', undefined, undefined]);
  one.back(1, 0);
  await until(() => one.seen.length === 5);
  expect(one.seen.at(-1)).toMatchObject({ sequence: 1, attempt: 2 });
  one.ack(1);
  await until(() => one.seen.length === 6);
  expect(one.seen.at(-1)?.sequence).toBe(2);
});

test('what a member had goes to the others at once when it is gone, with one try more [BUS-6]', async () => {
  await using given = await opened();
  const { journal } = given;
  const one = await consumer(journal, NAME, 'a');
  for (const key of ['x', 'x', undefined]) await journal.append(event({ key }));
  await until(() => one.seen.length === 2);
  const two = await consumer(journal, NAME, 'b');
  one.leave();
  await until(() => two.seen.length === 2);
  expect(two.seen.map(({ sequence, attempt }) => [sequence, attempt])).toEqual([
    [1, 2],
    [3, 2],
  ]);
  // What the one that is gone gives back late is no longer its own; what it settles late is settled.
  one.back(1, 0);
  one.ack(3);
  two.ack(1);
  await until(() => two.seen.length === 3);
  expect(two.seen.at(-1)).toMatchObject({ sequence: 2, attempt: 1 });
  two.ack(2);
  expect(journal.group(NAME).status()).toMatchObject({ inFlight: 0, waiting: 0, redelivered: 2 });
});

test('an event that members went away with is handed out alone, and dies without taking others along', async () => {
  await using given = await opened();
  const { journal } = given;
  for (let at = 1; at <= 4; at += 1) await journal.append(event({ at }));
  const crash = async (): Promise<number[]> => {
    const one = await consumer(journal, NAME, 'a', 256, 5, 'start');
    await until(() => one.seen.length > 0);
    await pause(10);
    // The second event crashes whoever gets it; what was handed out alone before it is settled.
    while (one.seen.length === 1 && one.seen[0]?.sequence !== 2) one.ack(one.seen.splice(0)[0]?.sequence ?? 0);
    const seen = one.seen.map(({ sequence }) => sequence);
    one.leave();
    return seen;
  };
  expect(await crash()).toEqual([1, 2, 3, 4]);
  expect(await crash()).toEqual([1, 2, 3, 4]);
  for (let times = 0; times < 10 && journal.group(NAME).state.letters.size === 0; times += 1) await crash();
  expect(given.journal.reported.dead).toEqual([2]);
});

test('an event that is returned rests, and is dead after the last try; it can be replayed and discarded', async () => {
  await using given = await opened();
  const { journal } = given;
  const one = await consumer(journal, NAME, 'a', 256, 3);
  await journal.append(event({ key: 'x', poison: true }));
  await journal.append(event({ key: 'x' }));
  for (const attempt of [1, 2, 3]) {
    await until(() => one.seen.length === attempt);
    expect(one.seen.at(-1)).toMatchObject({ sequence: 1, attempt });
    one.back(1, 0, 'It did not fit.');
  }
  await until(() => one.seen.length === 4);
  expect(one.seen.at(-1)?.sequence).toBe(2);
  const group = journal.group(NAME);
  expect(group.letter(1)).toMatchObject({ sequence: 1, attempts: 3, problem: 'It did not fit.', sender: 'chat' });
  await group.replay(1);
  one.ack(2);
  await until(() => one.seen.length === 5);
  expect(one.seen.at(-1)).toMatchObject({ sequence: 1, attempt: 1, data: { poison: true } });
  expect(group.status().dead).toBe(0);
  for (const count of [6, 7]) {
    one.back(1, 0);
    await until(() => one.seen.length === count);
  }
  one.back(1, 0);
  expect(group.status().dead).toBe(1);
  group.discard(1);
  expect(group.status().dead).toBe(0);
  expect(await codeOf(() => group.replay(1))).toBe('JOURNAL_LETTER_UNKNOWN');
});

test('a new group begins where it wants to [BUS-6]', async () => {
  await using given = await opened();
  const { journal } = given;
  const times: number[] = [];
  for (let at = 1; at <= 4; at += 1) {
    times.push(Date.now());
    await journal.append(event({ at }));
    await pause(5);
  }
  const first = async (name: string, from: Parameters<Journal['join']>[1]['from']): Promise<number | undefined> => {
    const group = await journal.join(`memory/${name}`, { ...wish, ...(from && { from }) });
    const seen: number[] = [];
    const write = async ({ sequence }: Delivery): Promise<void> => void seen.push(sequence);
    group.join({ incarnation: 'a', maxInFlight: 10, write, onFailure: () => {} }, 5);
    await pause(20);
    return seen[0];
  };
  expect(await first('new', undefined)).toBeUndefined();
  expect(await first('start', { at: 'start' })).toBe(1);
  expect(await first('sequence', { at: 'sequence', sequence: 3 })).toBe(3);
  expect(await first('far', { at: 'sequence', sequence: 99 })).toBeUndefined();
  expect(await first('time', { at: 'time', time: new Date(times[2] ?? 0).toISOString() })).toBe(3);
});

test('a group keeps its pattern, and gets only what lies in it', async () => {
  await using given = await opened();
  const { journal } = given;
  const one = await consumer(journal, NAME, 'a');
  await journal.append(event({}, 'chat.conversation.changed.v1'));
  await journal.append(event({}));
  await until(() => one.seen.length === 1);
  expect(one.seen[0]?.sequence).toBe(2);
  expect(await codeOf(() => journal.join(NAME, { ...wish, pattern: 'chat.>' }))).toBe('JOURNAL_GROUP_CHANGED');
  expect(await codeOf(async () => journal.group('memory/other'))).toBe('JOURNAL_GROUP_UNKNOWN');
});

test('a rewound group gets everything from there on once more, in order, whatever became of it, also after a restart [BUS-6]', async () => {
  const folder = temporaryFolder();
  let journal = await openJournal(folder);
  const one = await consumer(journal, NAME, 'a', 256, 1);
  for (let at = 1; at <= 5; at += 1) await journal.append(event({ at }));
  await until(() => one.seen.length === 5);
  one.ack(1, 2, 4);
  one.back(3, 0, 'It did not fit.');
  // The fifth is being handled.
  expect(journal.group(NAME).status()).toMatchObject({ dead: 1, inFlight: 1 });
  expect(await journal.rewind(NAME, { at: 'sequence', sequence: 2 })).toBe(2);
  await until(() => one.seen.length === 9);
  expect(one.seen.slice(5).map(({ sequence, attempt }) => [sequence, attempt])).toEqual([
    [2, 1],
    [3, 1],
    [4, 1],
    [5, 1],
  ]);
  one.ack(2);
  await journal.close();

  journal = await openJournal(folder);
  const two = await consumer(journal, NAME, 'b');
  await until(() => two.seen.length === 3);
  await pause(20);
  expect(two.seen.map(({ sequence }) => sequence)).toEqual([3, 4, 5]);
  two.ack(3, 4, 5);
  await journal.flush();
  const none = { waiting: 0, inFlight: 0, dead: 0, missed: 0 };
  expect(journal.group(NAME).status()).toMatchObject({ ...none, position: 5 });
  await journal.close();
});

test('a rewind never skips what a group has not had yet, and comes in the middle of a backlog without a loss', async () => {
  await using given = await opened();
  const { journal } = given;
  const one = await consumer(journal, NAME, 'a', 64, 5, 'start');
  const count = 40_000;
  const adding = Promise.all(Array.from({ length: count }, (_, at) => journal.append(event({ at }))));
  await until(() => one.seen.length === 64);
  await adding;
  await journal.rewind(NAME, { at: 'new' });
  const seen = new Set<number>();
  let rewinds = 0;
  while (seen.size < count) {
    await until(() => one.seen.length > 0);
    const batch = one.seen.splice(0).map(({ sequence }) => sequence);
    for (const sequence of batch) seen.add(sequence);
    one.ack(...batch);
    if (rewinds < 5 && seen.size > (rewinds + 1) * 6_000) {
      rewinds += 1;
      await journal.rewind(NAME, { at: 'sequence', sequence: seen.size - 3_000 });
    }
  }
  expect([seen.size, rewinds]).toEqual([count, 5]);
  expect(journal.group(NAME).status()).toMatchObject({ missed: 0, dead: 0 });
});

test('a backlog larger than what is held in memory is handed out whole and in order', async () => {
  await using given = await opened();
  const { journal } = given;
  const count = 20_000;
  const filler = 'x'.repeat(1_000);
  await Promise.all(Array.from({ length: count }, (_, at) => journal.append(event({ at, filler }))));
  const one = await consumer(journal, NAME, 'a', 512, 5, 'start');
  let taken = 0;
  for (; taken < count; ) {
    await until(() => one.seen.length > 0);
    const batch = one.seen.splice(0).map(({ sequence }) => sequence);
    for (const sequence of batch) expect(sequence).toBe(++taken);
    one.ack(...batch);
  }
  expect(journal.group(NAME).status()).toMatchObject({ waiting: 0, inFlight: 0, missed: 0 });
});

interface Given extends AsyncDisposable {
  readonly journal: Awaited<ReturnType<typeof openJournal>>;
}

async function opened(): Promise<Given> {
  const journal = await openJournal(temporaryFolder());
  return { journal, [Symbol.asyncDispose]: () => journal.close() };
}

async function consumer(
  journal: Journal,
  name: string,
  incarnation: string,
  maxInFlight = 256,
  maxAttempts = 5,
  at: 'new' | 'start' = 'new',
) {
  const group = await journal.join(name, { ...wish, from: { at } });
  const seen: Delivery[] = [];
  const write = async (delivery: Delivery): Promise<void> => void seen.push(delivery);
  const member = group.join({ incarnation, maxInFlight, write, onFailure: () => {} }, maxAttempts);
  return {
    seen,
    ack: (...acknowledged: number[]) => group.settle({ ...wish, acknowledged, returned: [] }, incarnation),
    back: (sequence: number, delayMs: number, problem?: string) =>
      group.settle(
        { ...wish, acknowledged: [], returned: [{ sequence, delayMs, ...(problem && { problem }) }] },
        incarnation,
      ),
    leave: () => group.leave(member),
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 2) {
    if (waited > 10_000) throw new Error('it did not come true');
    await pause(2);
  }
}
