import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { DAY_MS, KeptHouse, type Said, textOf } from './support/kept-house.ts';

async function open(): Promise<KeptHouse> {
  const house = await KeptHouse.open();
  onTestFinished(() => house.kernel.close());
  return house;
}

function saidAt(at: number, more: Partial<Said> = {}): Said {
  return { id: crypto.randomUUID(), conversation: crypto.randomUUID(), at, ...more };
}

function idsOf(all: readonly Said[], isKept: (said: Said) => boolean): string[] {
  return all
    .filter(isKept)
    .map(({ id }) => id)
    .sort();
}

const BACKUP = { id: '20261126T120000Z-0a1b2c3d', createdAt: '2026-11-26T12:00:00.000Z' };

test('exactly what is older than its bound goes, of each kind by its own, and nothing else [DATA-7]', async () => {
  const house = await open();
  const conversations = [1, 2, 3].map(() => crypto.randomUUID());
  const days = fc.constantFrom(0, 7, 30, 90);
  // Around the bounds to the millisecond, and anywhere.
  const age = fc.oneof(
    fc.integer({ min: 0, max: 400 * DAY_MS }),
    fc.tuple(fc.constantFrom(7, 30, 90), fc.integer({ min: -2, max: 2 })).map(([bound, off]) => bound * DAY_MS + off),
  );
  const said = fc.record({ age, where: fc.nat(2), quotes: fc.option(fc.nat(4)) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { maxLength: 12 }),
      fc.array(age, { maxLength: 5 }),
      fc.record({ conversations: days, memories: days }),
      async (messagesOf, memoriesOf, policy) => {
        await house.keep({ conversations: 0, memories: 0 });
        const memories = memoriesOf.map((each) => saidAt(house.now - each));
        const messages = messagesOf.map(({ age: old, where, quotes }) => {
          const quoted = quotes === null ? undefined : memories[quotes]?.id;
          const conversation = conversations[where] ?? '';
          return saidAt(house.now - old, { conversation, ...(quoted !== undefined && { quotes: quoted }) });
        });
        await house.fill(messages, memories);
        const preview = await house.bus.request('privacy.retention.preview.v1', policy);
        await house.keep(policy);

        const stays = (kept: number) => (each: Said) => kept === 0 || house.now - each.at <= kept * DAY_MS;
        const stay = messages.filter(stays(policy.conversations));
        expect(await house.messages()).toEqual(idsOf(messages, stays(policy.conversations)));
        expect(await house.memories()).toEqual(idsOf(memories, stays(policy.memories)));
        expect(await house.conversations()).toEqual([...new Set(stay.map((each) => each.conversation))].sort());
        // A reply that stays does not repeat what went.
        const remembered = new Set(await house.memories());
        expect(await house.quoting()).toEqual(
          idsOf(stay, ({ quotes }) => quotes !== undefined && remembered.has(quotes)),
        );
        // What was shown before is what went.
        const count = (kind: string) => preview.kinds.find((each) => each.kind === kind)?.count ?? 0;
        expect(messages.length - count('conversations')).toBe(stay.length);
        expect(memories.length - count('memories')).toBe(remembered.size);
      },
    ),
    { numRuns: 12 },
  );
});

test('it goes day by day, also what was missed while the machine was off; each time leaves a receipt, nothing leaves none [DATA-7]', async () => {
  const house = await open();
  const [old, young] = [saidAt(house.now - 40 * DAY_MS), saidAt(house.now - 20 * DAY_MS)];
  await house.fill([old, young], []);
  await house.look(DAY_MS);
  expect(await house.messages()).toHaveLength(2);
  expect(await house.state()).toEqual({ policy: { conversations: 0, memories: 0 }, running: false });

  await house.keep({ conversations: 30, memories: 0 });
  expect(await house.messages()).toEqual([young.id]);
  const [receipt] = await house.receipts();
  expect(receipt).toMatchObject({
    ...{ scope: 'age', by: 'privacy', failed: [], untold: ['scribe'], took: ['album', 'chat'] },
    removed: [
      { plugin: 'chat', kind: 'message', removed: 1 },
      { plugin: 'chat', kind: 'conversation', removed: 1 },
    ],
  });
  expect(house.told).toMatchObject([{ messages: [old.id], before: textOf(house.now - 30 * DAY_MS) }]);
  await house.look(DAY_MS);
  expect(await house.receipts()).toHaveLength(1);

  await house.kernel.unload('privacy');
  house.now += 12 * DAY_MS;
  await house.start();
  await house.look();
  expect(await house.messages()).toEqual([]);
  expect(await house.receipts()).toHaveLength(2);
});

test('no preview says that there are no backups while they cannot be listed [DATA-7]', async () => {
  const house = await open();
  const preview = () => house.bus.request('privacy.retention.preview.v1', { conversations: 30, memories: 0 });
  house.backups.push(BACKUP);
  expect(await preview()).toMatchObject({ backups: 1 });
  expect(await preview()).not.toHaveProperty('backupsUnlisted');
  house.isGone = true;
  expect(await preview()).toMatchObject({ backups: 0, backupsUnlisted: true });
});

test('memories outlive what was said, if they are kept for longer [DATA-7]', async () => {
  const house = await open();
  const said = saidAt(house.now - 60 * DAY_MS);
  await house.fill([said], [said]);
  await house.keep({ conversations: 30, memories: 90 });
  expect([await house.messages(), await house.memories()]).toEqual([[], [said.id]]);
  await house.look(14 * DAY_MS);
  await house.look(14 * DAY_MS);
  expect(await house.memories()).toEqual([said.id]);
  await house.look(3 * DAY_MS);
  expect(await house.memories()).toEqual([]);
});

test('what was cut short is gone on with: who was not told yet is told what is with its plugin no more [DATA-7]', async () => {
  const house = await open();
  const said = saidAt(house.now - 40 * DAY_MS);
  await house.fill([said], []);
  const { promise, resolve } = Promise.withResolvers<void>();
  house.album = () => promise;
  const cut = house.keep({ conversations: 30, memories: 0 }).catch(() => undefined);
  await expect.poll(() => house.told.length).toBe(1);
  await house.kernel.unload('privacy');
  resolve();
  await cut;
  expect(await house.messages()).toEqual([]);
  house.told.splice(0);
  await house.start();
  await house.look();
  expect(house.told.map(({ messages }) => messages)).toEqual([[said.id]]);
  expect(await house.receipts()).toMatchObject([{ scope: 'age', failed: [], took: ['album', 'chat'] }]);
});

test('who fails is named, told again later, and holds up nobody else [DATA-7]', async () => {
  const house = await open();
  const [first, second] = [saidAt(house.now - 40 * DAY_MS), saidAt(house.now - 29.5 * DAY_MS)];
  await house.fill([first, second], []);
  house.album = () => Promise.reject(new Error('not now'));
  await house.keep({ conversations: 30, memories: 0 });
  await house.look(DAY_MS);
  expect(await house.messages()).toEqual([]);
  expect((await house.receipts()).map(({ failed }) => failed.map(({ plugin }) => plugin))).toEqual([
    ['album'],
    ['album'],
  ]);
  house.album = async () => {};
  house.told.splice(0);
  await house.look();
  expect(house.told.flatMap(({ messages }) => messages).sort()).toEqual([first.id, second.id].sort());
  expect((await house.receipts()).map(({ failed }) => failed)).toEqual([[], []]);
});

test('backups are not made anew each day: those that hold it become unreadable within 30 days, all at once [DATA-7, DATA-6]', async () => {
  const house = await open();
  const all = Array.from({ length: 40 }, (_, day) => saidAt(house.now - (29.5 - day) * DAY_MS));
  await house.fill(all, []);
  house.backups.push(BACKUP);
  await house.keep({ conversations: 30, memories: 0 });
  await house.look(DAY_MS);
  const until = textOf(house.now + 30 * DAY_MS);
  expect(await house.receipts()).toMatchObject([{ heldUntil: until }]);
  expect(await house.state()).toMatchObject({ heldUntil: until });
  for (let day = 5; day < 30; day += 5) await house.look(5 * DAY_MS);
  expect(house.shredded).toBe(0);
  await house.look(5 * DAY_MS);
  expect(house.shredded).toBe(1);
  expect((await house.receipts())[0]).toMatchObject({ backups: { removed: 1 } });
  expect(await house.state()).not.toHaveProperty('heldUntil');
  await house.look(DAY_MS);
  expect(house.shredded).toBe(1);
});

test('backups that went for their own age need no new one, and what is owed is done also once all is kept for ever [DATA-7]', async () => {
  const house = await open();
  await house.fill([saidAt(house.now - 40 * DAY_MS)], []);
  house.backups.push(BACKUP);
  await house.keep({ conversations: 30, memories: 0 });
  await house.keep({ conversations: 0, memories: 0 });
  for (let day = 0; day < 2; day += 1) await house.look(14 * DAY_MS);
  expect(house.shredded).toBe(0);
  await house.look(3 * DAY_MS);
  expect(house.shredded).toBe(1);

  await house.fill([saidAt(house.now - 40 * DAY_MS)], []);
  house.backups.push(BACKUP);
  await house.keep({ conversations: 30, memories: 0 });
  house.backups.splice(0, 1, { id: '20270126T120000Z-0a1b2c3d', createdAt: textOf(house.now + 1) });
  for (let day = 0; day < 4; day += 1) await house.look(14 * DAY_MS);
  expect(house.shredded).toBe(1);
  expect(await house.state()).not.toHaveProperty('heldUntil');
});

test('shows what would go, and refuses a time in which a clock that is a little wrong takes everything [DATA-7]', async () => {
  const house = await open();
  house.backups.push(BACKUP);
  const [old, older] = [saidAt(house.now - 40 * DAY_MS), saidAt(house.now - 50 * DAY_MS)];
  await house.fill([old, older, saidAt(house.now)], [old]);
  const preview = await house.bus.request('privacy.retention.preview.v1', { conversations: 30, memories: 365 });
  const before = textOf(house.now - 30 * DAY_MS);
  expect(preview).toMatchObject({
    kinds: [
      { kind: 'conversations', before, count: 2, conversations: 2, more: false },
      { kind: 'memories', count: 0 },
    ],
    items: [{ plugin: 'chat', id: older.id }, { id: old.id }],
    backups: 1,
  });
  expect(await house.messages()).toHaveLength(3);
  const short = { conversations: 30, memories: 6 };
  for (const topic of ['privacy.retention.preview.v1', 'privacy.retention.set.v1'] as const)
    await expect(house.bus.request(topic, short)).rejects.toMatchObject({ code: 'PRIVACY_AGE_TOO_SHORT' });
});
