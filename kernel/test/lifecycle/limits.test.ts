import { RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { FakeWorld, manifestOf } from './fake-plugins.ts';

const QUOTA = { memoryMb: 100, cpuMsPerSecond: 200 };

test('a limit that its user raises holds at once where it can, and says where it waits for the next start [PLG-3]', async () => {
  const world = new FakeWorld([manifestOf('guest', { quota: QUOTA })]);
  await world.kernel.start();
  const ask = commandLine(world);
  const after = await ask('limit', 'guest', { limits: { memoryMb: 300, cpuMsPerSecond: 500 } });
  expect(after).toMatchObject({
    quota: { memoryMb: 300, cpuMsPerSecond: 500 },
    limits: { memoryMb: 300, cpuMsPerSecond: 500 },
    limitsAtNextStart: ['memoryMb'],
  });
  expect(world.process('guest').limits).toMatchObject([{ memoryMb: 100, cpuMsPerSecond: 500 }]);
  await ask('disable', 'guest');
  await ask('enable', 'guest');
  expect(world.process('guest').request.quota).toMatchObject({ memoryMb: 300, cpuMsPerSecond: 500 });
  expect(await ask('get', 'guest')).not.toHaveProperty('limitsAtNextStart');
});

test('a limit outlives a restart, and is as the manifest asks again when it is reset [PLG-3]', async () => {
  const world = new FakeWorld([manifestOf('guest', { quota: QUOTA })]);
  const known = { enabled: true, crashes: [], quarantined: false };
  world.records.set('guest', { ...known, limits: { memoryMb: 300 } });
  await world.kernel.start();
  expect(world.process('guest').request.quota.memoryMb).toBe(300);
  const after = await commandLine(world)('limit', 'guest', { limits: {}, reset: ['memoryMb'] });
  expect(after).toMatchObject({ quota: QUOTA });
  expect(after).not.toHaveProperty('limits');
  expect(world.records.get('guest')).not.toHaveProperty('limits');
});

test.for([
  ['more than there can be', { memoryMb: 9_000_000 }],
  ['nothing at all', { memoryMb: 0 }],
  ['no number', { memoryMb: 'much' }],
  ['what is no limit', { luck: 7 }],
])('%s is refused, and nothing changes [PLG-3]', async ([, limits]) => {
  const world = new FakeWorld([manifestOf('guest', { quota: QUOTA })]);
  await world.kernel.start();
  const ask = commandLine(world);
  expect(await ask('limit', 'guest', { limits })).toMatchObject({ code: 'KERNEL_PAYLOAD_INVALID' });
  expect(world.process('guest').limits).toEqual([]);
  expect(world.records.get('guest')?.limits).toBeUndefined();
});

test('what AICO cannot run without is not starved, and may have more [PLG-3]', async () => {
  const world = new FakeWorld([manifestOf('vault', { quota: QUOTA })]);
  world.required.add('vault');
  await world.kernel.start();
  const ask = commandLine(world);
  const starved = await ask('limit', 'vault', { limits: { memoryMb: 50 } });
  expect(starved).toMatchObject({
    code: 'KERNEL_LIMIT_TOO_LOW',
    details: { limit: 'memoryMb', value: 50, least: 100 },
  });
  expect(await ask('limit', 'vault', { limits: { memoryMb: 200 } })).toMatchObject({ limits: { memoryMb: 200 } });
});

test('its user is told once of what presses on a limit, sees it with the plugin, and no more when it is relieved [PLG-3]', async () => {
  const world = new FakeWorld([manifestOf('guest')]);
  await world.kernel.start();
  const ask = commandLine(world);
  const pressure = { resource: 'cpu', step: 'throttled', used: 950, limit: 800 } as const;
  const { press } = world.process('guest');
  press(pressure);
  expect(await ask('get', 'guest')).toMatchObject({ pressure: [{ ...pressure, id: 'guest' }] });
  press({ ...pressure, step: 'relieved' });
  press(pressure);
  const notices = world.kernel.status().notices.filter(({ code }) => code === 'KERNEL_CPU_THROTTLED');
  expect(notices).toHaveLength(1);
  expect(notices[0]?.fix).toContain('aico plugin limit guest cpu=');
  press({ ...pressure, step: 'relieved' });
  expect(await ask('get', 'guest')).not.toHaveProperty('pressure');
});

test('what pressed goes with the process [PLG-3]', async () => {
  const world = new FakeWorld([manifestOf('guest')]);
  await world.kernel.start();
  const ask = commandLine(world);
  world.process('guest').press({ resource: 'memory', step: 'warned', used: 180, limit: 192 });
  await ask('disable', 'guest');
  expect(await ask('get', 'guest')).not.toHaveProperty('pressure');
});

test('whoever logs more than it may is told to its user, with the way to let it log more [PLG-3]', async () => {
  const world = new FakeWorld([manifestOf('guest')]);
  await world.kernel.start();
  const ask = commandLine(world);
  world.process('guest').press({ resource: 'logs', step: 'throttled', used: 3_000, limit: 3_000 });
  expect(await ask('get', 'guest')).toMatchObject({ pressure: [{ resource: 'logs', step: 'throttled' }] });
  const [notice] = world.kernel.status().notices;
  expect([notice?.code, notice?.fix]).toEqual([
    'KERNEL_LOGS_THROTTLED',
    expect.stringContaining('aico plugin limit guest logs='),
  ]);
  await ask('limit', 'guest', { limits: { logLinesPerMinute: 10_000 } });
  expect(world.process('guest').limits).toMatchObject([{ logLinesPerMinute: 10_000 }]);
});

test.for([
  { resource: 'messages', quota: { messagesPerSecond: 5 }, raise: 'messages=', code: 'KERNEL_MESSAGES_THROTTLED' },
  { resource: 'bytes', quota: { bytesPerSecond: 1_024 }, raise: 'bytes=', code: 'KERNEL_BYTES_THROTTLED' },
] as const)(
  'whoever sends more $resource than it may is told to its user as that, with the way to let it send more [PLG-3]',
  async ({ resource, quota, raise, code }) => {
    const topic = 'vault.state.changed.v1';
    const permissions = [{ verb: 'publish' as const, topic, reason: 'to tell' }];
    const world = new FakeWorld([manifestOf('guest', { quota, permissions })]);
    await world.kernel.start();
    const { peer } = world.process('guest');
    const record = { kind: RecordKind.publish, topic, data: { state: 'locked' } };
    await peer.send(...Array.from({ length: 100 }, (_, at) => ({ ...record, correlation: at + 1 })));
    await settle();
    const pressure = [{ resource, step: 'throttled', limit: Object.values(quota)[0] }];
    expect(await commandLine(world)('get', 'guest')).toMatchObject({ pressure });
    expect(world.kernel.status().notices).toMatchObject([
      { code, fix: expect.stringContaining(`aico plugin limit guest ${raise}`) },
    ]);
  },
);
