import { type Permission, RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { FakeWorld, manifestOf } from './fake-plugins.ts';

const DAY_MS = 86_400_000;
const FETCH = { verb: 'request', topic: 'net.http.fetch.v1' } as const;
const RECALL = { verb: 'request', topic: 'memory.recall.v1' } as const;
const fetchFrom = (...hosts: string[]): Permission => ({ ...FETCH, constraints: { hosts }, reason: 'to look it up' });
const OPTIONAL: Permission = { ...RECALL, reason: 'to know you better', optional: true };

async function worldWith(...permissions: Permission[]) {
  const world = new FakeWorld([manifestOf('dice', { permissions })]);
  await world.kernel.start();
  const ask = commandLine(world);
  return { world, ask, decide: (...decisions: object[]) => ask('decide', 'dice', { decisions }) };
}

/** What the plugin's process was last told that it may do. */
function granted(world: FakeWorld): unknown[] {
  const { told, request } = world.process('dice');
  const last = told.findLast((message) => message.type === 'grants');
  return (last === undefined ? request.grants : (last.grants as readonly unknown[])) as unknown[];
}

/** Asks as the plugin's own process does; returns how to read the answer. */
async function request(world: FakeWorld, topic: string, data: object): Promise<() => unknown> {
  const { peer } = world.process('dice');
  await peer.send({ kind: RecordKind.request, correlation: 77, topic, data });
  await settle();
  return () =>
    [...peer.seen(RecordKind.reply), ...peer.seen(RecordKind.error)].find(({ correlation }) => correlation === 77)
      ?.data;
}

test('a refused permission is gone at once, and stays refused in the next version [PLG-2, SEC-8]', async () => {
  const { world, ask, decide } = await worldWith(fetchFrom('a.org'), { ...RECALL, reason: 'to know you' });
  expect(await decide({ ...FETCH, allow: false })).toMatchObject({
    permissions: [{ granted: false }, { granted: true }],
  });
  expect(granted(world)).toEqual([{ ...RECALL, effect: 'allow' }]);
  world.replace(manifestOf('dice', { version: '1.1.0', permissions: [fetchFrom('a.org', 'b.org'), OPTIONAL] }));
  await ask('install', 'dice');
  const answer = await ask('update', 'dice', { accept: true });
  expect(answer).toMatchObject({ version: '1.1.0', permissions: [{ granted: false }, { granted: false }] });
});

test('a disk that answers nothing puts off no refusal, and no end of what was given for a time [SEC-8]', async () => {
  const { world, decide } = await worldWith(fetchFrom('a.org'), OPTIONAL);
  const until = new Date(world.clock.now() + 60_000).toISOString();
  await decide({ ...RECALL, allow: true, until });
  world.onWrite = () => new Promise(() => {});
  await decide({ ...FETCH, allow: false });
  expect(granted(world)).not.toContainEqual(expect.objectContaining(FETCH));
  expect(granted(world)).toContainEqual({ ...RECALL, effect: 'allow' });
  await world.clock.advance(60_000);
  expect(granted(world)).not.toContainEqual(expect.objectContaining(RECALL));
});

test('a host that was refused alone stays refused when the next version asks for more hosts [PLG-2, SEC-8]', async () => {
  const { world, ask, decide } = await worldWith(fetchFrom('a.org', 'b.org'));
  const narrowed = await decide({ ...FETCH, allow: true, without: { hosts: ['b.org'] } });
  expect(narrowed).toMatchObject({
    permissions: [
      {
        granted: true,
        choices: [
          { name: 'hosts', value: 'a.org', granted: true },
          { name: 'hosts', value: 'b.org', granted: false },
        ],
      },
    ],
  });
  expect(granted(world)).toEqual([{ ...FETCH, effect: 'allow', constraints: { hosts: ['a.org'] } }]);
  world.replace(manifestOf('dice', { version: '1.1.0', permissions: [fetchFrom('a.org', 'b.org', 'c.org')] }));
  await ask('install', 'dice');
  await ask('update', 'dice', { accept: true });
  expect(granted(world)).toEqual([{ ...FETCH, effect: 'allow', constraints: { hosts: ['a.org', 'c.org'] } }]);
});

test('a list that is refused to its last value grants nothing [SEC-8]', async () => {
  const { world, decide } = await worldWith(fetchFrom('a.org', 'b.org'));
  await decide({ ...FETCH, allow: true, without: { hosts: ['a.org', 'b.org'] } });
  expect(granted(world)).toEqual([]);
});

test('what an update asks can be narrowed with the yes [PLG-2, SEC-8]', async () => {
  const { world, ask } = await worldWith();
  world.replace(manifestOf('dice', { version: '1.1.0', permissions: [fetchFrom('a.org', 'b.org')] }));
  await ask('install', 'dice');
  const decisions = [{ ...FETCH, allow: true, without: { hosts: ['b.org'] } }];
  await ask('update', 'dice', { accept: true, decisions });
  expect(granted(world)).toEqual([{ ...FETCH, effect: 'allow', constraints: { hosts: ['a.org'] } }]);
});

test('nobody decides on what a manifest does not ask, nor on what AICO cannot run without [SEC-8]', async () => {
  const { world, decide } = await worldWith(fetchFrom('a.org'));
  expect(await decide({ ...RECALL, allow: true })).toMatchObject({ code: 'KERNEL_PERMISSION_UNKNOWN' });
  world.required.add('dice');
  expect(await decide({ ...FETCH, allow: false })).toMatchObject({ code: 'KERNEL_PLUGIN_REQUIRED' });
});

test('what is optional is asked for at its use, and the answer is remembered [PLG-2, SEC-8]', async () => {
  const { world, ask, decide } = await worldWith(OPTIONAL);
  expect(await ask('get', 'dice')).toMatchObject({ permissions: [{ granted: false }] });
  const answer = await request(world, 'kernel.permission.request.v1', RECALL);
  expect(answer()).toBeUndefined();
  expect(await ask('get', 'dice')).toMatchObject({ permissions: [{ granted: false, asked: true }] });
  expect(world.kernel.status().notices).toMatchObject([
    {
      code: 'KERNEL_PERMISSION_ASKED',
      message: 'dice asks whether it may recall what you said before.',
      fix: 'Answer in the app, or with: aico plugin allow dice memory.recall.v1 (or refuse).',
    },
  ]);
  await decide({ ...RECALL, allow: true });
  expect(answer()).toEqual({ granted: true });
  expect(granted(world)).toContainEqual({ ...RECALL, effect: 'allow' });
  expect(world.records.get('dice')?.decisions).toEqual([
    { ...RECALL, allow: true, at: expect.any(String), how: 'use', by: 'cli' },
  ]);
});

test('a question that nobody answers is a no, and is not put again before a restart [PLG-2, SEC-8]', async () => {
  const { world, ask } = await worldWith(OPTIONAL);
  const answer = await request(world, 'kernel.permission.request.v1', RECALL);
  await world.clock.advance(120_000);
  expect(answer()).toEqual({ granted: false });
  const again = await request(world, 'kernel.permission.request.v1', RECALL);
  expect(again()).toEqual({ granted: false });
  expect((await ask('get', 'dice')).permissions).toMatchObject([{ granted: false }]);
  expect(world.records.get('dice')?.decisions).toBeUndefined();
});

test('the first use of what is optional is refused, and raises the question [PLG-2, SEC-8]', async () => {
  const { world, ask } = await worldWith(OPTIONAL);
  const answer = await request(world, 'memory.recall.v1', { text: 'cat' });
  expect(answer()).toMatchObject({ code: 'KERNEL_PERMISSION_DENIED' });
  expect(await ask('get', 'dice')).toMatchObject({ permissions: [{ granted: false, asked: true }] });
});

test.for([
  { how: 'is used', topic: 'memory.recall.v1', data: { text: 'cat' } },
  { how: 'is asked for', topic: 'kernel.permission.request.v1', data: RECALL },
])('what lies within an optional pattern raises its question when it $how [PLG-2, SEC-8]', async ({ topic, data }) => {
  const wish: Permission = { verb: 'request', topic: 'memory.>', reason: 'to know you', optional: true };
  const { world, ask, decide } = await worldWith(wish);
  const answer = await request(world, topic, data);
  expect(await ask('get', 'dice')).toMatchObject({ permissions: [{ granted: false, asked: true }] });
  await decide({ verb: 'request', topic: 'memory.>', allow: true });
  expect(answer()).toMatchObject(topic === RECALL.topic ? { code: 'KERNEL_PERMISSION_DENIED' } : { granted: true });
});

test('a refused permission raises no question for an optional one that is wider [SEC-8]', async () => {
  const wide: Permission = { verb: 'request', topic: 'memory.>', reason: 'to know you', optional: true };
  const { world, ask, decide } = await worldWith({ ...RECALL, reason: 'to know you' }, wide);
  await decide({ ...RECALL, allow: false });
  await request(world, 'memory.recall.v1', { text: 'cat' });
  expect((await ask('get', 'dice')).permissions).toEqual([
    expect.not.objectContaining({ asked: true }),
    expect.not.objectContaining({ asked: true }),
  ]);
});

test('the yes to an update that takes for granted what was asked about answers that question, too [PLG-2, SEC-8]', async () => {
  const { world, ask } = await worldWith(OPTIONAL);
  await request(world, 'memory.recall.v1', { text: 'cat' });
  world.replace(manifestOf('dice', { version: '1.1.0', permissions: [{ ...RECALL, reason: 'to know you better' }] }));
  await ask('install', 'dice');
  expect(await ask('get', 'dice')).toMatchObject({ permissions: [{ granted: false, asked: true }] });
  await ask('update', 'dice', { accept: true });
  // What was refused had cost its sender some time.
  await world.clock.advance(1_000);
  const { permissions } = await ask('get', 'dice');
  expect(permissions).toEqual([expect.objectContaining({ granted: true })]);
  expect(permissions).toEqual([expect.not.objectContaining({ asked: true })]);
});

test('a plugin asks for nothing but what its own manifest names [SEC-8]', async () => {
  const { world } = await worldWith(OPTIONAL);
  const answer = await request(world, 'kernel.permission.request.v1', FETCH);
  expect(answer()).toMatchObject({ code: 'KERNEL_PERMISSION_UNKNOWN' });
});

test('the day of the last use is kept, and the days since are told [PLG-2, SEC-8]', async () => {
  const { world, ask } = await worldWith(fetchFrom('a.org'), { ...RECALL, reason: 'to know you' });
  await world.clock.wakeAfter(20 * DAY_MS);
  await request(world, 'memory.recall.v1', { text: 'cat' });
  await world.clock.advance(3_600_000);
  await world.clock.wakeAfter(14 * DAY_MS);
  expect(await ask('get', 'dice')).toMatchObject({ permissions: [{ unusedDays: 34 }, { unusedDays: 14 }] });
  await world.kernel.stop();
  const day = Math.floor(1_000_000 / DAY_MS);
  expect(world.records.get('dice')?.used).toEqual({
    'request net.http.fetch.v1': day,
    'request memory.recall.v1': day + 20,
  });
});

test('what a process used that has ended counts as used [PLG-2, SEC-8]', async () => {
  const { world, ask } = await worldWith({ ...RECALL, reason: 'to know you' });
  await world.clock.wakeAfter(20 * DAY_MS);
  await request(world, 'memory.recall.v1', { text: 'cat' });
  await ask('disable', 'dice');
  expect(await ask('get', 'dice')).toMatchObject({ permissions: [{ unusedDays: 0 }] });
  await world.clock.advance(3_600_000);
  await world.clock.wakeAfter(14 * DAY_MS);
  expect(await ask('get', 'dice')).toMatchObject({ permissions: [{ unusedDays: 14 }] });
});

test('what a plugin used before it fell asleep counts as used [PLG-2, PLG-8]', async () => {
  const permissions = [{ ...RECALL, reason: 'to know you' }];
  const world = new FakeWorld([manifestOf('dice', { permissions, lifecycle: { suspendAfterSeconds: 10 } })]);
  const used = { 'request memory.recall.v1': -20 };
  world.records.set('dice', { enabled: true, crashes: [], quarantined: false, used });
  await world.kernel.start();
  const ask = commandLine(world);
  expect(await ask('get', 'dice')).toMatchObject({ permissions: [{ unusedDays: 20 }] });
  await request(world, 'memory.recall.v1', { text: 'cat' });
  await world.clock.advance(21_000);
  expect(await ask('get', 'dice')).toMatchObject({ state: 'suspended', permissions: [{ unusedDays: 0 }] });
});

test('a day of last use that a clock ahead wrote down does not keep a permission from counting as unused [PLG-2]', async () => {
  const world = new FakeWorld([manifestOf('dice', { permissions: [{ ...RECALL, reason: 'to know you' }] })]);
  const used = { 'request memory.recall.v1': 5_000 };
  world.records.set('dice', { enabled: true, crashes: [], quarantined: false, used });
  await world.kernel.start();
  await world.clock.advance(3_600_000);
  await world.clock.wakeAfter(40 * DAY_MS);
  expect(await commandLine(world)('get', 'dice')).toMatchObject({ permissions: [{ unusedDays: 40 }] });
});

test('what opens much is marked, and what is narrow is not [SEC-8]', async () => {
  const anywhere: Permission = { ...FETCH, constraints: { anyHost: true }, reason: 'to look it up' };
  const { ask } = await worldWith(anywhere, fetchFrom('a.org'), { ...RECALL, reason: 'to know you' });
  const { permissions } = (await ask('get', 'dice')) as { permissions: { risk?: string }[] };
  expect(permissions.map(({ risk }) => risk)).toEqual(['high', undefined, 'high']);
});

test('the words of what was narrowed name only what is left [PLG-2, SEC-8]', async () => {
  const { decide } = await worldWith(fetchFrom('a.org', 'b.org'));
  const { permissions } = (await decide({ ...FETCH, allow: true, without: { hosts: ['b.org'] } })) as {
    permissions: { words: string }[];
  };
  expect(permissions.map(({ words }) => words)).toEqual(['contact other computers, only a.org']);
});

test('a plugin that cannot start without what its user refused waits for it in plain words, and starts once it is allowed [PLG-4, PLG-8]', async () => {
  const topic = 'plugin.guest.command.run.v1';
  const permissions = [{ verb: 'serve' as const, topic, reason: 'To answer.' }];
  const world = new FakeWorld([manifestOf('guest', { permissions })]);
  const refused = [{ verb: 'serve' as const, topic, allow: false }];
  world.records.set('guest', { enabled: true, crashes: [], quarantined: false, decisions: refused });
  const details = { verb: 'serve', topic };
  const reason = { code: 'KERNEL_PERMISSION_DENIED', message: 'no', subject: 'guest', details };
  world.behaviours.set('guest', { onStart: 'fail', reason });
  await world.kernel.start();
  const ask = commandLine(world);
  expect(await ask('get', 'guest')).toMatchObject({
    state: 'pending',
    error: { code: 'KERNEL_PERMISSION_NEEDED', message: expect.stringContaining('which you refused') },
  });
  await ask('enable', 'guest');
  await world.clock.advance(120_000);
  expect(world.processes).toHaveLength(1);
  expect(world.records.get('guest')?.crashes).toEqual([]);
  world.behaviours.set('guest', {});
  await ask('decide', 'guest', { decisions: [{ verb: 'serve', topic, allow: true }] });
  expect(await ask('get', 'guest')).toMatchObject({ state: 'active' });
});

test('a plugin that says that it was refused what nobody refused has crashed like any other [PLG-8]', async () => {
  const permissions = [{ verb: 'serve' as const, topic: 'plugin.guest.command.run.v1', reason: 'To answer.' }];
  const world = new FakeWorld([manifestOf('guest', { permissions })]);
  const details = { verb: 'serve', topic: 'plugin.guest.command.run.v1' };
  const reason = { code: 'KERNEL_PERMISSION_DENIED', message: 'no', subject: 'guest', details };
  world.behaviours.set('guest', { onStart: 'fail', reason });
  await world.kernel.start();
  expect(await commandLine(world)('get', 'guest')).toMatchObject({ state: 'backoff' });
});
