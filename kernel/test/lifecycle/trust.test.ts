import { AicoError } from '@aico/schemas';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { FakeWorld, manifestOf } from './fake-plugins.ts';

const PERMISSIONS = [{ verb: 'subscribe' as const, topic: 'chat.>', reason: 'to read along' }];
const revoked = new AicoError('REGISTRY_SIGNER_REVOKED', { subject: 'dice', details: { keyId: 'k', signer: 'test' } });
const unknown = new AicoError('REGISTRY_SIGNER_UNKNOWN', { subject: 'dice', details: { keyId: 'k' } });

test('a plugin from outside waits for the yes of its user, over a restart too; one that asks for nothing is just off [PLG-2, SEC-8]', async () => {
  const world = new FakeWorld([manifestOf('guest', { permissions: PERMISSIONS }), manifestOf('plain')]);
  for (const id of ['guest', 'plain']) world.foreign.add(id);
  await world.kernel.start();
  const ask = commandLine(world);
  expect(await ask('get', 'guest')).toMatchObject({ state: 'awaitingConsent', enabled: false });
  expect(await ask('get', 'plain')).toMatchObject({ state: 'stopped' });
  expect(await ask('disable', 'guest')).toMatchObject({ state: 'awaitingConsent' });
  const next = new FakeWorld([], world);
  await next.kernel.start();
  const again = commandLine(next);
  expect(await again('get', 'guest')).toMatchObject({ state: 'awaitingConsent' });
  expect(next.processes).toEqual([]);
  expect(await again('enable', 'guest')).toMatchObject({ state: 'active' });
  expect(await again('disable', 'guest')).toMatchObject({ state: 'stopped' });
});

test.for([
  { how: 'revoked', error: revoked },
  { how: 'forgotten', error: unknown },
])(
  'a plugin whose key is $how stops at once, is shown so, and comes back when it is trusted again [PLG-2, SEC-8]',
  async ({ error }) => {
    const world = new FakeWorld([manifestOf('dice'), manifestOf('lean', { dependencies: { dice: '*' } })]);
    await world.kernel.start();
    const ask = commandLine(world);
    world.refuse('dice', error);
    await world.kernel.reviewTrust();
    expect(world.path('dice').slice(-3)).toEqual(['stopping', 'stopped', 'revoked']);
    expect([world.process('dice').gone, world.path('lean').at(-1)]).toEqual([true, 'pending']);
    expect(await ask('get', 'dice')).toMatchObject({ state: 'revoked', error: { code: error.code } });
    expect(await ask('enable', 'dice')).toMatchObject({ state: 'revoked' });
    world.admit('dice');
    await world.kernel.reviewTrust();
    await settle();
    expect([world.path('dice').at(-1), world.path('lean').at(-1)]).toEqual(['active', 'active']);
  },
);

test('a plugin whose key is revoked while it starts does not start to its end, and its update, agreed to meanwhile, not at all [PLG-2, SEC-8]', async () => {
  const world = new FakeWorld([manifestOf('dice')]);
  world.behaviours.set('dice', { onStart: 'silent' });
  void world.kernel.start();
  await settle();
  const ask = commandLine(world);
  expect(world.path('dice').at(-1)).toBe('starting');
  world.replace(manifestOf('dice', { version: '1.1.0', permissions: PERMISSIONS }));
  await ask('install', 'dice');
  const agreed = ask('update', 'dice', { accept: true });
  world.refuse('dice', revoked);
  world.behaviours.set('dice', {});
  const reviewed = world.kernel.reviewTrust();
  await settle();
  expect(world.path('dice').at(-1)).toBe('revoked');
  await world.clock.advance(1_100);
  await reviewed;
  expect(await agreed).toMatchObject({ code: 'REGISTRY_SIGNER_REVOKED' });
  expect([world.path('dice').includes('active'), world.processes.map(({ gone }) => gone)]).toEqual([false, [true]]);
});

test('a yes is to the package that was asked about, not to another of the same version that was laid in its place [PLG-2, SEC-8]', async () => {
  const world = new FakeWorld([manifestOf('dice')]);
  world.behaviours.set('dice', { onStart: 'silent' });
  void world.kernel.start();
  await settle();
  const ask = commandLine(world);
  world.replace(manifestOf('dice', { version: '1.1.0', permissions: PERMISSIONS }));
  await ask('install', 'dice');
  const agreed = ask('update', 'dice', { accept: true });
  const wider = [...PERMISSIONS, { verb: 'request' as const, topic: 'memory.>', reason: 'to know you' }];
  world.replace(manifestOf('dice', { version: '1.1.0', permissions: wider }));
  world.behaviours.set('dice', {});
  await world.clock.advance(60_000);
  expect(await agreed).toMatchObject({ code: 'KERNEL_UPDATE_UNKNOWN' });
  expect(await ask('get', 'dice')).toMatchObject({ version: '1.0.0' });
});

test('a package of a key that was never known is rejected, one of a revoked key is revoked, from the start [PLG-2]', async () => {
  const world = new FakeWorld([manifestOf('dice'), manifestOf('guest')]);
  world.refuse('dice', revoked);
  world.refuse('guest', unknown);
  await world.kernel.start();
  expect([world.path('dice'), world.path('guest')]).toEqual([
    ['verifying', 'revoked'],
    ['verifying', 'rejected'],
  ]);
});

test('what is wrong with a package besides its key stops nothing that runs [PLG-2]', async () => {
  const world = new FakeWorld([manifestOf('dice')]);
  await world.kernel.start();
  world.refuse('dice', new AicoError('REGISTRY_FILE_ALTERED', { subject: 'dice', details: { file: 'index.js' } }));
  await world.kernel.reviewTrust();
  expect(world.path('dice').at(-1)).toBe('active');
});

test('who may connect past the list of connections is named: by itself, or by a program that it starts [SEC-4, OBS-1]', async () => {
  const world = new FakeWorld([
    manifestOf('listens', { tier: 'trusted', process: { network: true } }),
    manifestOf('starts', { tier: 'trusted', process: { programs: ['curl'] } }),
    manifestOf('quiet', { tier: 'trusted', process: { packages: ['semver'] } }),
  ]);
  await world.kernel.start();
  const ask = commandLine(world);
  const named = await Promise.all(['listens', 'starts', 'quiet'].map(async (id) => (await ask('get', id))['network']));
  expect(named).toEqual([true, true, undefined]);
});
