import { createMemoryLinks, DEFAULT_QUOTA } from '@aico/kernel';
import { type Manifest, RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { RawPeer } from '../bus/raw-peer.ts';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { type Behaviour, type FakeProcess, FakeWorld, manifestOf } from './fake-plugins.ts';

const COMMAND = 'plugin.dice.command.run.v1';
const TOLD = 'vault.state.changed.v1';
const IDLE_MS = 10_000;
const PERMISSIONS = [
  { verb: 'serve' as const, topic: COMMAND, reason: 'to answer' },
  { verb: 'subscribe' as const, topic: TOLD, reason: 'to know' },
];
const REGISTERS: Behaviour = { serves: [COMMAND], subscribes: [TOLD] };

/** A kernel with a plugin that sleeps after ten seconds, and a customer of it. */
async function worldWith(more: Partial<Manifest> = {}) {
  const manifest = { lifecycle: { suspendAfterSeconds: 10 }, permissions: PERMISSIONS, ...more };
  const world = new FakeWorld([manifestOf('dice', manifest), manifestOf('lean', { dependencies: { dice: '*' } })]);
  world.behaviours.set('dice', REGISTERS);
  await world.kernel.start();
  const [link, other] = createMemoryLinks();
  const customer = RawPeer.overLink(other);
  const grants = [
    { verb: 'request' as const, topic: COMMAND, effect: 'allow' as const },
    { verb: 'publish' as const, topic: TOLD, effect: 'allow' as const },
  ];
  world.kernel.attachPeer({ id: 'customer', incarnation: 'customer-1', grants, quota: DEFAULT_QUOTA, link });
  let correlation = 0;
  const run = { name: 'dice', arguments: '', conversation: '00000000-0000-4000-8000-000000000000' };
  const request = async () => {
    correlation += 1;
    const data = { ...run, time: '2026-01-01T00:00:00Z' };
    await customer.send({ kind: RecordKind.request, correlation, topic: COMMAND, data });
    return correlation;
  };
  const publish = async (state: string) => {
    correlation += 1;
    await customer.send({ kind: RecordKind.publish, correlation, topic: TOLD, data: { state } });
  };
  /** Idle for as long as it takes. */
  const rest = async () => {
    await world.clock.advance(IDLE_MS + 500);
    await settle();
  };
  return { world, first: world.process('dice'), ask: commandLine(world), customer, request, publish, rest };
}

const lastTold = ({ told }: FakeProcess) => told.filter(({ type }) => type !== 'ping').at(-1);

const states = (world: FakeWorld): unknown[] =>
  world
    .process('dice')
    .peer.seen(RecordKind.deliver)
    .map(({ data }) => (data as { state: string }).state);

test('a plugin with nothing to do sleeps: its process ends, and what leans on it runs on [PLG-8]', async () => {
  const { world, first, ask, rest } = await worldWith();
  await rest();
  expect(await ask('get', 'dice')).toMatchObject({ state: 'suspended', enabled: true });
  expect([first.gone, world.path('dice').at(-2)]).toEqual([true, 'active']);
  expect(lastTold(first)).toEqual({ type: 'suspend', nonce: 1 });
  expect(world.path('lean').at(-1)).toBe('active');
  await world.clock.advance(600_000);
  expect(await ask('get', 'dice')).toMatchObject({ state: 'suspended' });
  expect(world.failures).toEqual([]);
});

test('a request wakes it, waits and is answered by the one that woke with its state [PLG-8]', async () => {
  const { world, first, customer, request, rest } = await worldWith();
  await rest();
  const asked = await request();
  await settle();
  const second = world.process('dice');
  expect(second).not.toBe(first);
  expect(second.told[0]).toEqual({ type: 'activate', resumed: { state: { kept: 'all' } } });
  expect(world.path('dice').slice(-2)).toEqual(['suspended', 'active']);
  const [question] = second.peer.seen(RecordKind.request);
  const { correlation = 0 } = question ?? {};
  await second.peer.send({ kind: RecordKind.reply, correlation, topic: COMMAND, data: { text: 'woken' } });
  await settle();
  expect(customer.seen(RecordKind.reply)).toMatchObject([{ correlation: asked, data: { text: 'woken' } }]);
});

test('events that come while it sleeps and while it wakes arrive once each, in order [PLG-8, BUS-6]', async () => {
  const { world, first, publish, rest } = await worldWith();
  await rest();
  const told = ['locked', 'unlocked', 'locked', 'unlocked'];
  for (const state of told) await publish(state);
  await settle();
  expect(first.peer.seen(RecordKind.deliver)).toEqual([]);
  expect(states(world)).toEqual(told);
});

test('what comes while it falls asleep keeps it awake, and reaches the process that runs [PLG-8]', async () => {
  const { world, first, publish, rest } = await worldWith();
  first.onSuspend = 'silent';
  await rest();
  expect(lastTold(first)).toEqual({ type: 'suspend', nonce: 1 });
  await publish('locked');
  await settle();
  expect(lastTold(first)).toEqual({ type: 'goOn' });
  expect(states(world)).toEqual(['locked']);
  expect([world.process('dice') === first, world.path('dice').at(-1)]).toEqual([true, 'active']);
  await first.peer.send({ kind: RecordKind.consumed, correlation: 1, topic: '' });
  first.onSuspend = {};
  await rest();
  await rest();
  expect(world.path('dice').at(-1)).toBe('suspended');
});

test('a request that was given up while it woke is not put to it [PLG-8]', async () => {
  const { world, customer, request, rest } = await worldWith();
  await rest();
  world.behaviours.set('dice', { ...REGISTERS, onActivate: 'silent' });
  const given = await request();
  await settle();
  await customer.send({ kind: RecordKind.cancel, correlation: given, topic: '' });
  const { peer } = world.process('dice');
  for (const topic of [COMMAND]) await peer.send({ kind: RecordKind.serve, correlation: 1, topic });
  await peer.send({ kind: RecordKind.lifecycle, data: { type: 'active' } });
  await settle();
  expect([world.path('dice').at(-1), peer.seen(RecordKind.request)]).toEqual(['active', []]);
});

test('switched off while it sleeps, it is gone and so is what waited [PLG-8]', async () => {
  const { world, ask, customer, request, rest } = await worldWith();
  await rest();
  expect(await ask('disable', 'dice')).toMatchObject({ state: 'stopped' });
  await request();
  await settle();
  expect(customer.seen(RecordKind.error)).toMatchObject([{ data: { code: 'KERNEL_NO_SERVER' } }]);
  expect(
    world.processes.filter(
      ({
        request: {
          package: { manifest },
        },
      }) => manifest.id === 'dice',
    ),
  ).toHaveLength(1);
  expect(await ask('enable', 'dice')).toMatchObject({ state: 'active' });
  expect(world.process('dice').told).toEqual([]);
});

test('AICO stops while one sleeps, and wakes nothing [SVC-7]', async () => {
  const { world, request, rest } = await worldWith();
  await rest();
  await world.kernel.stop();
  await request();
  await settle();
  expect(world.path('dice').slice(-3)).toEqual(['suspended', 'stopping', 'stopped']);
  expect(world.processes.every(({ gone }) => gone)).toBe(true);
});

test.for([
  { falls: 'fails to activate', behaviour: { onActivate: 'fail' } },
  { falls: 'cannot be loaded', behaviour: { onStart: 'exit' } },
] as const)(
  'one that $falls as it wakes has crashed: who waits learns it, and it starts anew [PLG-8]',
  async ({ behaviour }) => {
    const { world, customer, request, rest } = await worldWith();
    await rest();
    world.behaviours.set('dice', behaviour);
    await request();
    await settle();
    await world.clock.advance(1_000);
    expect(customer.seen(RecordKind.error)).toMatchObject([{ data: { code: 'KERNEL_SERVER_GONE' } }]);
    expect(world.path('dice').slice(-3)).toEqual(['suspended', 'crashed', 'backoff']);
    expect(world.records.get('dice')?.crashes).toHaveLength(1);
    world.behaviours.set('dice', REGISTERS);
    await world.clock.advance(1_300);
    expect(world.path('dice').at(-1)).toBe('active');
  },
);

test('a crash while it is asked for its state is a crash [PLG-8]', async () => {
  const { world, first, rest } = await worldWith();
  first.onSuspend = 'exit';
  await world.clock.advance(IDLE_MS + 1_000);
  await settle();
  expect(world.path('dice').slice(-3)).toContain('crashed');
  await rest();
});

test('when what it needs is gone while it sleeps, its state is forgotten [PLG-8, SEC-4]', async () => {
  const world = new FakeWorld([
    manifestOf('vault', {
      conditions: ['vault.unlocked'],
      permissions: [{ verb: 'request', topic: 'kernel.condition.set.v1', reason: 'to say when it is open' }],
    }),
    manifestOf('dice', { needs: ['vault.unlocked'], lifecycle: { suspendAfterSeconds: 10 } }),
  ]);
  await world.kernel.start();
  let correlation = 0;
  const set = async (holds: boolean) => {
    correlation += 1;
    const data = { name: 'vault.unlocked', holds };
    const { peer } = world.process('vault');
    await peer.send({ kind: RecordKind.request, correlation, topic: 'kernel.condition.set.v1', data });
    await settle();
  };
  await set(true);
  await world.clock.advance(2 * IDLE_MS);
  expect(world.path('dice').at(-1)).toBe('suspended');
  await set(false);
  expect(world.path('dice').at(-1)).toBe('pending');
  await set(true);
  expect(world.path('dice').at(-1)).toBe('active');
  expect(world.process('dice').told).toEqual([]);
});

test('an update of one that sleeps wakes it first, so that its state goes on [PLG-8, UPD-4]', async () => {
  const { world, first, ask, rest } = await worldWith();
  await rest();
  world.replace(
    manifestOf('dice', { version: '1.1.0', permissions: PERMISSIONS, lifecycle: { suspendAfterSeconds: 10 } }),
  );
  expect(await ask('install', 'dice')).toMatchObject({ version: '1.1.0', state: 'active' });
  const [, , second, third] = world.processes;
  expect(second?.told.map(({ type }) => type)).toEqual(['activate', 'handOver', 'deactivate']);
  expect(third?.told[0]).toMatchObject({ type: 'activate', handedOver: { state: { kept: 'all' } } });
  expect([first.gone, second?.gone]).toEqual([true, true]);
});

test('a timer of its own wakes it [PLG-8]', async () => {
  const { world, first, rest } = await worldWith();
  first.onSuspend = { wakeAfterMs: 60_000 };
  await rest();
  expect(world.path('dice').at(-1)).toBe('suspended');
  await world.clock.advance(60_000);
  expect(world.process('dice').told[0]).toEqual({ type: 'activate', resumed: {} });
});

test.for([
  { what: 'is trusted', more: { tier: 'trusted' } },
  { what: 'sets a condition', more: { conditions: ['dice.thrown'] } },
  { what: 'does not say so', more: { lifecycle: {} } },
] as const)('a plugin that $what never sleeps [PLG-8]', async ({ more }) => {
  const { world, rest } = await worldWith(more as Partial<Manifest>);
  await rest();
  expect(world.path('dice').at(-1)).toBe('active');
});

test.for([
  { what: 'a state that is too large', told: { state: 'x'.repeat(4 * 1024 * 1024) } },
  { what: 'a problem', told: { problem: 'Error: no' } },
])('a plugin that tells $what goes on, and is asked again later [PLG-8]', async ({ told }) => {
  const { world, first, rest } = await worldWith();
  first.onSuspend = told;
  await rest();
  expect(lastTold(first)).toEqual({ type: 'goOn' });
  expect(world.failures).toMatchObject([{ code: 'KERNEL_SUSPEND_FAILED', subject: 'dice' }]);
  first.onSuspend = { state: 1 };
  await rest();
  expect(world.path('dice').at(-1)).toBe('suspended');
});

test('one that waits for a word of its user does not sleep, and gets it [PLG-8, PLG-2]', async () => {
  const recall = { verb: 'request' as const, topic: 'memory.recall.v1' };
  const wish = { ...recall, reason: 'to know you', optional: true };
  const { world, first, ask, rest } = await worldWith({ permissions: [...PERMISSIONS, wish] });
  const topic = 'kernel.permission.request.v1';
  await first.peer.send({ kind: RecordKind.request, correlation: 7, topic, data: recall });
  await rest();
  expect(world.path('dice').at(-1)).toBe('active');
  await ask('decide', 'dice', { decisions: [{ ...recall, allow: true }] });
  await settle();
  expect(first.peer.seen(RecordKind.reply)).toMatchObject([{ correlation: 7, data: { granted: true } }]);
  await rest();
  expect(world.path('dice').at(-1)).toBe('suspended');
});

test('what is taken back while it sleeps neither reaches nor wakes it, and is there again when it is given back [PLG-2, PLG-8]', async () => {
  const { world, ask, customer, request, publish, rest } = await worldWith();
  const decide = (allow: boolean) =>
    ask('decide', 'dice', { decisions: PERMISSIONS.map(({ verb, topic }) => ({ verb, topic, allow })) });
  await rest();
  await decide(false);
  await publish('unlocked');
  const correlation = await request();
  await settle();
  expect(world.path('dice').at(-1)).toBe('suspended');
  const refused = customer.seen(RecordKind.error).find((error) => error.correlation === correlation);
  expect(refused?.data).toMatchObject({ code: 'KERNEL_NO_SERVER' });
  await decide(true);
  await settle();
  await publish('locked');
  await settle();
  expect(world.path('dice').at(-1)).toBe('active');
  expect(states(world)).toEqual(['locked']);
});

test('one that owes an answer does not sleep [PLG-8]', async () => {
  const { world, request, rest } = await worldWith();
  await request();
  await rest();
  expect(world.path('dice').at(-1)).toBe('active');
});
