import { AicoError, RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { FakeWorld, manifestOf } from './fake-plugins.ts';

test('starts what others need first, and stops it last [PLG-8]', async () => {
  const world = new FakeWorld([
    manifestOf('chat', { dependencies: { storage: '^1.0.0' } }),
    manifestOf('storage'),
    manifestOf('memory', { dependencies: { chat: '>=1.0.0' } }),
  ]);
  await world.kernel.start();
  const started = world.changes.filter((change) => change.to === 'active').map((change) => change.id);
  expect(started).toEqual(['storage', 'chat', 'memory']);
  await world.kernel.stop();
  const stopped = world.changes.filter((change) => change.to === 'stopped').map((change) => change.id);
  expect(stopped).toEqual(['memory', 'chat', 'storage']);
  expect(world.failures).toEqual([]);
});

test('a plugin that ends by itself while it is to stop after what leans on it is not stopped once more [PLG-8]', async () => {
  const world = new FakeWorld([manifestOf('base'), manifestOf('lean', { dependencies: { base: '*' } })]);
  world.behaviours.set('lean', { stubborn: true });
  await world.kernel.start();
  const off = commandLine(world)('disable', 'base');
  await settle();
  world.process('base').exit({ code: 3, signal: undefined });
  await world.clock.advance(60_000);
  await off;
  expect(world.path('base').slice(-3)).toEqual(['crashed', 'backoff', 'stopped']);
  expect(world.path('lean').at(-1)).toBe('pending');
  expect([world.failures, world.process('lean').gone]).toEqual([[], true]);
});

test('a plugin that fails to start is tried again after 1 and 2 s, then quarantined, and nobody else is touched [PLG-8]', async () => {
  const world = new FakeWorld([manifestOf('bad'), manifestOf('good')]);
  world.behaviours.set('bad', { onStart: 'fail' });
  await world.kernel.start();
  expect(world.path('good')).toEqual(['verifying', 'installed', 'starting', 'active']);
  expect(world.changes.findLast((change) => change.id === 'bad')?.error).toMatchObject({
    code: 'KERNEL_PLUGIN_ACTIVATE_FAILED',
    subject: 'bad',
  });
  await world.clock.advance(1_300);
  await world.clock.advance(2_600);
  expect(world.path('bad').at(-1)).toBe('quarantined');
  expect(world.processes.filter((each) => each.request.package.manifest.id === 'bad')).toHaveLength(3);
  await world.clock.advance(120_000);
  expect(world.processes.filter((each) => each.request.package.manifest.id === 'bad')).toHaveLength(3);
  expect(world.records.get('bad')).toMatchObject({ quarantined: true });
});

test('quarantine outlives a restart with its reason, and the user ends it [PLG-8]', async () => {
  const world = new FakeWorld([manifestOf('bad')]);
  world.records.set('bad', { enabled: true, crashes: [1, 2, 3], quarantined: true });
  await world.kernel.start();
  expect(world.processes).toEqual([]);
  const ask = commandLine(world);
  expect(await ask('get', 'bad')).toMatchObject({
    state: 'quarantined',
    error: { code: 'KERNEL_PLUGIN_QUARANTINED', subject: 'bad', fix: 'See its log, then enable it again.' },
  });
  expect(await ask('enable', 'bad')).toMatchObject({ id: 'bad', state: 'active' });
});

test.for([
  [
    'an error of the table',
    { code: 'GATEWAY_PORT_TAKEN', message: 'lies', fix: 'lies', subject: 'bad', details: { port: 4127, more: [1] } },
    { code: 'GATEWAY_PORT_TAKEN', message: 'Port 4127 is in use by another program.', details: { port: 4127 } },
  ],
  ['a code that is not in the table', { code: 'BAD_LUCK', message: 'x' }, { code: 'KERNEL_PLUGIN_ACTIVATE_FAILED' }],
  ['what is no error', { code: 5 }, { code: 'KERNEL_PLUGIN_ACTIVATE_FAILED', subject: 'bad' }],
] as const)('a plugin that fails with %s is told with the sentences of the table [PLG-8]', async ([, reason, told]) => {
  const world = new FakeWorld([manifestOf('bad')]);
  world.behaviours.set('bad', { onStart: 'fail', reason });
  await world.kernel.start();
  const error = world.changes.findLast((change) => change.id === 'bad')?.error;
  expect(error).toMatchObject({ ...told, rule: expect.stringMatching(/./), fix: expect.not.stringContaining('lies') });
});

test('a plugin that can never run here stays rejected, switched off or on [PLG-8]', async () => {
  const world = new FakeWorld([manifestOf('future', { engines: { aico: '>=99.0.0' } })]);
  world.records.set('future', { enabled: false, crashes: [], quarantined: false });
  await world.kernel.start();
  const ask = commandLine(world);
  const rejected = { state: 'rejected', error: { code: 'KERNEL_ENGINE_MISMATCH' } };
  expect(await ask('get', 'future')).toMatchObject(rejected);
  expect(await ask('enable', 'future')).toMatchObject(rejected);
  expect(await ask('disable', 'future')).toMatchObject(rejected);
  expect(await ask('enable', 'future')).toMatchObject(rejected);
  expect(world.processes).toEqual([]);
});

test('a package that no longer passes when its plugin comes back is rejected, and not tried for ever [PLG-2]', async () => {
  const world = new FakeWorld([manifestOf('altered')]);
  await world.kernel.start();
  world.refuse(
    'altered',
    new AicoError('REGISTRY_FILE_ALTERED', { subject: 'altered', details: { file: 'index.js' } }),
  );
  world.process('altered').exit({ code: 1, signal: undefined });
  await settle();
  await world.clock.advance(1_300);
  expect(world.path('altered').slice(-2)).toEqual(['stopped', 'rejected']);
  expect(world.changes.at(-1)?.error?.code).toBe('REGISTRY_FILE_ALTERED');
  expect(world.processes).toHaveLength(1);
});

test('who needs a condition stops before who sets it [SVC-7]', async () => {
  const world = new FakeWorld([
    manifestOf('vault', {
      conditions: ['vault.unlocked'],
      permissions: [{ verb: 'request', topic: 'kernel.condition.set.v1', reason: 'to say when it is open' }],
    }),
    manifestOf('chat', { needs: ['vault.unlocked'] }),
  ]);
  await world.kernel.start();
  const data = { name: 'vault.unlocked', holds: true };
  const { peer } = world.process('vault');
  await peer.send({ kind: RecordKind.request, correlation: 1, topic: 'kernel.condition.set.v1', data });
  await settle();
  await world.kernel.stop();
  const stopped = world.changes.filter((change) => change.to === 'stopped').map((change) => change.id);
  expect(stopped).toEqual(['chat', 'vault']);
});

test('a plugin that never becomes ready is stopped at its deadline and blocks nobody [PLG-1]', async () => {
  const world = new FakeWorld([manifestOf('mute', { quota: { startMs: 500 } }), manifestOf('good')]);
  world.behaviours.set('mute', { onStart: 'silent', stubborn: true });
  const started = world.kernel.start();
  await settle();
  expect(world.path('good').at(-1)).toBe('active');
  await world.clock.advance(500);
  await world.clock.advance(1_000);
  await started;
  expect(world.process('mute').signals).toEqual(['SIGTERM', 'SIGKILL']);
  expect(world.path('mute')).toContain('crashed');
  expect(world.changes.find((change) => change.to === 'crashed')?.error).toMatchObject({
    code: 'KERNEL_PLUGIN_START_TIMEOUT',
    fix: expect.stringContaining('aico plugin limit mute start=<ms>'),
  });
});

test('a plugin that stops answering pings is killed and named [PLG-3]', async () => {
  const world = new FakeWorld([manifestOf('hung')]);
  world.behaviours.set('hung', { answersPings: false });
  await world.kernel.start();
  await world.clock.advance(20_000);
  expect(world.processes[0]?.signals).toEqual(['SIGKILL']);
  expect(world.changes.find((change) => change.to === 'crashed')?.error?.code).toBe('KERNEL_PLUGIN_UNRESPONSIVE');
});

test('a killed plugin comes back, and what leans on it waits meanwhile [PLG-6]', async () => {
  const world = new FakeWorld([manifestOf('storage'), manifestOf('chat', { dependencies: { storage: '*' } })]);
  await world.kernel.start();
  world.process('storage').exit({ code: undefined, signal: 'SIGKILL' });
  await settle();
  expect([world.path('storage').at(-1), world.path('chat').at(-1)]).toEqual(['backoff', 'pending']);
  await world.clock.advance(1_300);
  expect([world.path('storage').at(-1), world.path('chat').at(-1)]).toEqual(['active', 'active']);
});

test('who used too much of the processor is told how much that was, over what time, what is allowed and how to allow more [PLG-3]', async () => {
  const told = async (used: number, limit: number) => {
    const world = new FakeWorld([manifestOf('busy')]);
    await world.kernel.start();
    const cause = { kind: 'cpu', used, limit, overMs: 10_000 } as const;
    world.process('busy').exit({ code: undefined, signal: 'SIGKILL', cause });
    await settle();
    return world.changes.findLast(({ id, to }) => id === 'busy' && to === 'backoff')?.error;
  };
  const error = await told(963, 500);
  expect(error).toMatchObject({
    code: 'KERNEL_PLUGIN_CPU',
    message: expect.stringContaining('busy used 96 % of a processor core over 10 s; it may use 50 %.'),
    fix: expect.stringContaining('aico plugin limit busy cpu=<ms a second>'),
  });
  // A hair over is told as over.
  expect((await told(501, 500))?.details).toEqual({ used: 51, limit: 50, seconds: 10 });
});

test('who never paused is told that, not that it used more than it may [PLG-3]', async () => {
  const world = new FakeWorld([manifestOf('busy')]);
  await world.kernel.start();
  world.process('busy').exit({ code: undefined, signal: 'SIGKILL', cause: { kind: 'entry', overMs: 10_250 } });
  await settle();
  const { error } = world.changes.findLast(({ id, to }) => id === 'busy' && to === 'backoff') ?? {};
  expect(error).toMatchObject({ code: 'KERNEL_PLUGIN_UNYIELDING', details: { seconds: 10 } });
});

test('why a plugin failed is told also while it is tried again, and no longer when it runs or is switched off [PLG-8]', async () => {
  const world = new FakeWorld([manifestOf('storage')]);
  await world.kernel.start();
  const ask = commandLine(world);
  const look = async () => {
    const { state, error } = await ask('get', 'storage');
    return [state, (error as { code?: string } | undefined)?.code, world.kernel.status().plugins.failed];
  };
  const fall = async () => {
    world.process('storage').exit({ code: undefined, signal: 'SIGKILL' });
    await settle();
  };
  await fall();
  expect(await look()).toEqual(['backoff', 'KERNEL_PLUGIN_EXITED', 1]);
  world.behaviours.set('storage', { onStart: 'silent' });
  await world.clock.advance(1_300);
  expect(await look()).toEqual(['starting', 'KERNEL_PLUGIN_EXITED', 1]);
  const disabled = ask('disable', 'storage');
  await settle();
  await world.clock.advance(5_000);
  await disabled;
  expect(await look()).toEqual(['stopped', undefined, 0]);
  world.behaviours.set('storage', {});
  await ask('enable', 'storage');
  await fall();
  await world.clock.advance(10_000);
  expect(await look()).toEqual(['active', undefined, 0]);
});

test('a plugin that will not stop is terminated, then killed [SVC-7]', async () => {
  const world = new FakeWorld([manifestOf('stubborn')]);
  world.behaviours.set('stubborn', { stubborn: true });
  await world.kernel.start();
  const stopped = world.kernel.stop();
  await settle();
  await world.clock.advance(3_000);
  expect(world.process('stubborn').signals).toEqual(['SIGTERM']);
  await world.clock.advance(1_000);
  await stopped;
  expect(world.process('stubborn').signals).toEqual(['SIGTERM', 'SIGKILL']);
});

test('a plugin runs while the condition it needs holds, and no longer [PLG-8, SEC-4]', async () => {
  const world = new FakeWorld([
    manifestOf('vault', {
      conditions: ['vault.unlocked'],
      permissions: [{ verb: 'request', topic: 'kernel.condition.set.v1', reason: 'to say when it is open' }],
    }),
    manifestOf('chat', { needs: ['vault.unlocked'] }),
  ]);
  await world.kernel.start();
  expect(world.path('chat').at(-1)).toBe('pending');
  const set = (holds: boolean, name = 'vault.unlocked') =>
    world.process('vault').peer.send({
      kind: RecordKind.request,
      correlation: holds ? 1 : 2,
      topic: 'kernel.condition.set.v1',
      data: { name, holds },
    });
  await set(true);
  await settle();
  expect(world.path('chat').at(-1)).toBe('active');
  await set(false);
  await settle();
  expect(world.path('chat').at(-1)).toBe('pending');
  await set(true, 'chat.open');
  await settle();
  const errors = world.process('vault').peer.seen(RecordKind.error);
  expect(errors[0]?.data).toMatchObject({ code: 'KERNEL_CONDITION_UNDECLARED' });
  await set(true);
  await settle();
  world.process('vault').exit({ code: undefined, signal: 'SIGKILL' });
  await settle();
  expect(world.path('chat').at(-1)).toBe('pending');
});

test('missing, mismatched and circular dependencies are named, and nothing else is disturbed [PLG-8]', async () => {
  const world = new FakeWorld([
    manifestOf('lonely', { dependencies: { nobody: '^1.0.0' } }),
    manifestOf('old', { dependencies: { good: '^2.0.0' } }),
    manifestOf('hen', { dependencies: { egg: '*' } }),
    manifestOf('egg', { dependencies: { hen: '*' } }),
    manifestOf('future', { engines: { aico: '>=99.0.0' } }),
    manifestOf('foreign', { contracts: { chat: '^9.0.0' } }),
    manifestOf('good'),
  ]);
  await world.kernel.start();
  const ask = commandLine(world);
  const codes = await Promise.all(
    ['lonely', 'old', 'hen', 'egg', 'future', 'foreign', 'good'].map(async (id) => {
      const info = await ask('get', id);
      return [id, info.state, (info.error as { code?: string } | undefined)?.code];
    }),
  );
  expect(codes).toEqual([
    ['lonely', 'pending', 'KERNEL_DEPENDENCY_MISSING'],
    ['old', 'pending', 'KERNEL_DEPENDENCY_MISSING'],
    ['hen', 'pending', 'KERNEL_DEPENDENCY_CYCLE'],
    ['egg', 'pending', 'KERNEL_DEPENDENCY_CYCLE'],
    ['future', 'rejected', 'KERNEL_ENGINE_MISMATCH'],
    ['foreign', 'rejected', 'KERNEL_CONTRACT_MISMATCH'],
    ['good', 'active', undefined],
  ]);
});

test('switching off is remembered; what is required stays on and says so [PLG-1]', async () => {
  const world = new FakeWorld([manifestOf('dice'), manifestOf('vault')]);
  world.required.add('vault');
  await world.kernel.start();
  const ask = commandLine(world);
  expect(await ask('disable', 'dice')).toMatchObject({ id: 'dice', state: 'stopped', enabled: false });
  expect(await ask('disable', 'vault')).toMatchObject({ code: 'KERNEL_PLUGIN_REQUIRED', subject: 'vault' });
  expect(await ask('disable', 'nobody')).toMatchObject({ code: 'KERNEL_PLUGIN_UNKNOWN' });
  expect(world.records.get('dice')).toMatchObject({ enabled: false });
  expect(await ask('enable', 'dice')).toMatchObject({ id: 'dice', state: 'active', enabled: true });
});

test('a wish that comes during a transition is not lost [PLG-1]', async () => {
  const world = new FakeWorld([manifestOf('dice')]);
  await world.kernel.start();
  const ask = commandLine(world);
  await Promise.all([ask('disable', 'dice'), ask('enable', 'dice'), ask('disable', 'dice'), ask('enable', 'dice')]);
  await settle();
  expect(world.path('dice').at(-1)).toBe('active');
  await Promise.all([ask('enable', 'dice'), ask('disable', 'dice')]);
  await settle();
  expect(world.path('dice').at(-1)).toBe('stopped');
});
