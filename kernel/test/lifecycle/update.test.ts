import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { FakeWorld, manifestOf } from './fake-plugins.ts';

const NEWER = { version: '1.1.0' };
const WIDER = [{ verb: 'subscribe' as const, topic: 'chat.>', reason: 'to read along' }];

/** A kernel with one plugin that runs, and a newer version of it to install. */
async function worldWith(more: Parameters<typeof manifestOf>[1] = {}, next = NEWER) {
  const world = new FakeWorld([manifestOf('dice', more), manifestOf('other')]);
  await world.kernel.start();
  const first = world.process('dice');
  world.replace(manifestOf('dice', { ...more, ...next }));
  return { world, first, ask: commandLine(world) };
}

test('a newer version is loaded beside the one that runs, goes on with its state, and takes its place [PLG-1, UPD-4]', async () => {
  const { world, first, ask } = await worldWith();
  expect(await ask('install', 'dice')).toMatchObject({ version: '1.1.0', state: 'active' });
  expect(world.path('dice').slice(-2)).toEqual(['updating', 'active']);
  const second = world.process('dice');
  expect(second).not.toBe(first);
  expect(second.request).toMatchObject({ standby: true, package: { manifest: NEWER } });
  expect(first.told).toContainEqual({ type: 'handOver', nonce: 1 });
  const handedOver = { stateVersion: 1, state: { kept: 'all' } };
  expect(second.told).toContainEqual({ type: 'activate', handedOver });
  expect(first.told).toContainEqual({ type: 'deactivate', reason: 'its newer version took over' });
  expect(world.failures).toEqual([]);
});

test.for([
  { fails: 'cannot be loaded', behaviour: { onStart: 'fail' }, wentOn: false, why: 'Error: it broke.' },
  {
    fails: 'ends while it loads',
    behaviour: { onStart: 'exit' },
    wentOn: false,
    why: 'ended by itself (exit code 3).',
  },
  { fails: 'fails to activate', behaviour: { onActivate: 'fail' }, wentOn: true, why: 'Error: it broke.' },
] as const)(
  'a newer version that $fails leaves the one before running, as it was, and says why [PLG-1, UPD-4]',
  async ({ behaviour, wentOn, why }) => {
    const { world, first, ask } = await worldWith();
    world.behaviours.set('dice', behaviour);
    expect(await ask('install', 'dice')).toMatchObject({
      code: 'KERNEL_PLUGIN_UPDATE_FAILED',
      message: expect.stringMatching(/^Version 1\.1\.0 of dice did not start, and 1\.0\.0 runs on\. dice /),
    });
    expect(await ask('install', 'dice')).toMatchObject({ message: expect.stringContaining(why) });
    expect(await ask('get', 'dice')).toMatchObject({ version: '1.0.0', state: 'active' });
    expect(first.told.some(({ type }) => type === 'goOn')).toBe(wentOn);
    expect(first.told.some(({ type }) => type === 'deactivate')).toBe(false);
    expect(first.signals).toEqual([]);
  },
);

test.for([
  { late: 'is not active in time', behaviour: { onActivate: 'silent' }, handOver: 'state' },
  { late: 'waits in vain for the one before to hand over', behaviour: {}, handOver: 'silent' },
] as const)('a newer version that $late goes, and the one before runs on [UPD-4]', async ({ behaviour, handOver }) => {
  const { world, first, ask } = await worldWith({ quota: { startMs: 2_000 } });
  world.behaviours.set('dice', behaviour);
  first.onHandOver = handOver;
  const asked = ask('install', 'dice');
  await settle();
  await world.clock.advance(2_100);
  await asked;
  await world.clock.advance(1_100);
  expect(await ask('get', 'dice')).toMatchObject({ version: '1.0.0', state: 'active' });
  expect(world.process('dice').signals).toContain('SIGTERM');
  expect(first.signals).toEqual([]);
});

test('a plugin that cannot tell its state keeps running [UPD-4]', async () => {
  const { first, ask } = await worldWith();
  first.onHandOver = 'fail';
  expect(await ask('install', 'dice')).toMatchObject({ code: 'KERNEL_PLUGIN_UPDATE_FAILED' });
  expect(await ask('get', 'dice')).toMatchObject({ version: '1.0.0', state: 'active' });
});

test('a plugin that falls while it hands over is started again as it was [PLG-8, UPD-4]', async () => {
  const { world, first, ask } = await worldWith();
  first.onHandOver = 'exit';
  expect(await ask('install', 'dice')).toMatchObject({ code: 'KERNEL_PLUGIN_UPDATE_FAILED' });
  expect(world.path('dice').slice(-3)).toEqual(['updating', 'crashed', 'backoff']);
  await world.clock.advance(1_300);
  expect(await ask('get', 'dice')).toMatchObject({ version: '1.0.0', state: 'active' });
});

test('switching a plugin off in the middle of an update ends both [PLG-8]', async () => {
  const { world, ask } = await worldWith();
  world.behaviours.set('dice', { onActivate: 'silent' });
  const asked = ask('install', 'dice');
  await settle();
  await ask('disable', 'dice');
  await asked;
  expect(world.path('dice').at(-1)).toBe('stopped');
});

test('what owns ports and files stops before its newer version starts, and comes back when that fails [UPD-4]', async () => {
  const { world, first, ask } = await worldWith({ tier: 'trusted' });
  world.behaviours.set('dice', { onStart: 'fail' });
  const installed = ask('install', 'dice');
  await settle();
  world.behaviours.delete('dice');
  expect(await installed).toMatchObject({ code: 'KERNEL_PLUGIN_UPDATE_FAILED' });
  expect(first.told.some(({ type }) => type === 'deactivate')).toBe(true);
  expect(await ask('get', 'dice')).toMatchObject({ version: '1.0.0' });
});

test('a newer version that asks for more waits for a yes while the one before runs [PLG-2, SEC-8]', async () => {
  const { world, first, ask } = await worldWith({}, {
    ...NEWER,
    permissions: WIDER,
    quota: { memoryMb: 512 },
  } as never);
  const update = { version: '1.1.0', permissions: [{ permission: WIDER[0], granted: false }], also: ['quota'] };
  expect(await ask('install', 'dice')).toMatchObject({ version: '1.0.0', state: 'active', update });
  expect(world.process('dice')).toBe(first);
  expect(await ask('update', 'dice', { accept: true })).toMatchObject({
    version: '1.1.0',
    state: 'active',
    permissions: [{ granted: true }],
  });
  expect(await ask('get', 'dice')).not.toHaveProperty('update');
  expect(await ask('update', 'dice', { accept: true })).toMatchObject({ code: 'KERNEL_UPDATE_UNKNOWN' });
});

test('a newer version that waits for a yes still waits after a restart, and what asks for nothing more is forgotten [PLG-2, UPD-4]', async () => {
  const world = new FakeWorld([manifestOf('dice'), manifestOf('other')]);
  world.replace(manifestOf('dice', { ...NEWER, permissions: WIDER }));
  world.replace(manifestOf('other', NEWER));
  await world.kernel.start();
  const ask = commandLine(world);
  expect([...world.ready.keys()]).toEqual(['dice']);
  expect(await ask('get', 'dice')).toMatchObject({ version: '1.0.0', state: 'active', update: { version: '1.1.0' } });
  expect(await ask('update', 'dice', { accept: true })).toMatchObject({ version: '1.1.0', state: 'active' });
});

test('a version that no longer asks for what was optional, but takes it, waits for a yes [PLG-2, SEC-8]', async () => {
  const [wider] = WIDER;
  const optional = { ...WIDER[0], optional: true } as never;
  const { ask } = await worldWith({ permissions: [optional] }, { ...NEWER, permissions: WIDER } as never);
  expect(await ask('install', 'dice')).toMatchObject({
    version: '1.0.0',
    permissions: [{ granted: false }],
    update: { version: '1.1.0', permissions: [{ permission: { topic: wider?.topic } }] },
  });
  expect(await ask('update', 'dice', { accept: true })).toMatchObject({
    version: '1.1.0',
    permissions: [{ granted: true }],
  });
});

test('a no forgets the newer version and changes nothing [PLG-2, SEC-8]', async () => {
  const { world, first, ask } = await worldWith({}, { ...NEWER, permissions: WIDER } as never);
  await ask('install', 'dice');
  const answer = await ask('update', 'dice', { accept: false });
  expect(answer).toMatchObject({ version: '1.0.0', state: 'active', permissions: [] });
  expect(answer).not.toHaveProperty('update');
  expect(world.process('dice')).toBe(first);
});

test('a version that took over runs on when its package cannot be put in place, and the old process ends [UPD-4]', async () => {
  const { world, first, ask } = await worldWith();
  world.onKeep = () => Promise.reject(new Error('the disk is full'));
  expect(await ask('install', 'dice')).toMatchObject({ version: '1.1.0', state: 'active' });
  expect(first.told).toContainEqual({ type: 'deactivate', reason: 'its newer version took over' });
  expect(world.failures).toEqual([new Error('the disk is full')]);
});

test('a version that falls right after it took over is started again [PLG-8, UPD-4]', async () => {
  const { world, ask } = await worldWith();
  world.onKeep = async () => {
    world.process('dice').exit({ code: 3, signal: undefined });
    await settle();
  };
  await ask('install', 'dice');
  expect(world.path('dice').slice(-3)).toEqual(['active', 'crashed', 'backoff']);
  world.onKeep = () => {};
  await world.clock.advance(1_300);
  expect(await ask('get', 'dice')).toMatchObject({ version: '1.1.0', state: 'active' });
});

test('a newer version of one that was set aside is tried: that the one before failed says nothing of it [PLG-8, UPD-4]', async () => {
  const world = new FakeWorld([manifestOf('dice')]);
  world.records.set('dice', { enabled: true, crashes: [1, 2, 3], quarantined: true });
  await world.kernel.start();
  const ask = commandLine(world);
  expect(await ask('get', 'dice')).toMatchObject({ state: 'quarantined' });
  world.replace(manifestOf('dice', NEWER));
  expect(await ask('install', 'dice')).toMatchObject({ version: '1.1.0', state: 'active' });
  expect(world.records.get('dice')).toMatchObject({ crashes: [], quarantined: false });
});

test('a plugin that is switched off while its newer version starts in its place stays off [PLG-8]', async () => {
  const { world, ask } = await worldWith({ tier: 'trusted' });
  world.behaviours.set('dice', { onStart: 'silent' });
  const installed = ask('install', 'dice');
  await settle();
  await ask('disable', 'dice');
  await installed;
  await settle();
  expect(await ask('get', 'dice')).toMatchObject({ state: 'stopped', enabled: false });
});

test('the same version may be brought again while it waits for a yes [UPD-4]', async () => {
  const { world, ask } = await worldWith({}, { ...NEWER, permissions: WIDER } as never);
  await ask('install', 'dice');
  expect(await ask('install', 'dice')).toMatchObject({ version: '1.0.0', update: { version: '1.1.0' } });
  expect(world.ready.has('dice')).toBe(true);
  expect(await ask('update', 'dice', { accept: true })).toMatchObject({ version: '1.1.0', state: 'active' });
});

test('a yes gives what is new, and nothing that its user had refused before [PLG-2, SEC-8]', async () => {
  const refused = { verb: 'publish' as const, topic: 'llm.status.changed.v1', reason: 'to tell' };
  const world = new FakeWorld([manifestOf('dice', { permissions: [refused] })]);
  const refusal = { verb: refused.verb, topic: refused.topic, allow: false };
  world.records.set('dice', { enabled: true, decisions: [refusal], crashes: [], quarantined: false });
  await world.kernel.start();
  const ask = commandLine(world);
  world.replace(manifestOf('dice', { ...NEWER, permissions: [refused, ...WIDER] }));
  await ask('install', 'dice');
  world.behaviours.set('dice', { onStart: 'fail' });
  expect(await ask('update', 'dice', { accept: true })).toMatchObject({ code: 'KERNEL_PLUGIN_UPDATE_FAILED' });
  expect(world.process('dice').request.grants).toEqual([{ verb: 'subscribe', topic: 'chat.>', effect: 'allow' }]);
  expect(await ask('get', 'dice')).toMatchObject({ version: '1.0.0', permissions: [{ granted: false }] });
  world.behaviours.delete('dice');
  world.replace(manifestOf('dice', { ...NEWER, permissions: [refused, ...WIDER] }));
  await ask('install', 'dice');
  await ask('update', 'dice', { accept: true });
  expect(world.process('dice').request.grants).toEqual([{ verb: 'subscribe', topic: 'chat.>', effect: 'allow' }]);
  expect(world.records.get('dice')?.decisions).toEqual([
    refusal,
    { verb: 'subscribe', topic: 'chat.>', allow: true, at: expect.any(String), how: 'update', by: 'cli' },
  ]);
});
