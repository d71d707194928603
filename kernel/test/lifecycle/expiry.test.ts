import { createMemoryLinks, DEFAULT_QUOTA } from '@aico/kernel';
import { type Permission, RecordKind, type TrailPage } from '@aico/schemas';
import { expect, test } from 'vitest';
import { RawPeer } from '../bus/raw-peer.ts';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { FakeWorld, manifestOf } from './fake-plugins.ts';

const RECALL = { verb: 'request', topic: 'memory.recall.v1' } as const;
const ASKED: Permission = { ...RECALL, constraints: { sinceDays: 7 }, reason: 'to write your diary' };

async function worldWith(...permissions: Permission[]) {
  const world = new FakeWorld([manifestOf('diary', { permissions })]);
  await world.kernel.start();
  const ask = commandLine(world);
  const [link, other] = createMemoryLinks();
  const auditor = RawPeer.overLink(other);
  const grants = ['kernel.trail.read.v1', 'kernel.consent.list.v1'].map((topic) => ({
    verb: 'request' as const,
    topic,
    effect: 'allow' as const,
  }));
  world.kernel.attachPeer({ id: 'auditor', incarnation: 'auditor-1', grants, quota: DEFAULT_QUOTA, link });
  let asked = 0;
  const request = async (topic: string): Promise<unknown> => {
    asked += 1;
    const correlation = asked;
    await auditor.send({ kind: RecordKind.request, correlation, topic, data: {} });
    await settle();
    return auditor.seen(RecordKind.reply).find((record) => record.correlation === correlation)?.data;
  };
  return {
    world,
    decide: (...decisions: object[]) => ask('decide', 'diary', { decisions }),
    trail: async () => ((await request('kernel.trail.read.v1')) as TrailPage).entries,
    consents: () => request('kernel.consent.list.v1'),
  };
}

function lastGrants(world: FakeWorld): unknown {
  return world.process('diary').told.findLast(({ type }) => type === 'grants');
}

test('a grant for a time ends when that is over, at once and on what runs [SEC-8]', async () => {
  const { world, decide, trail, consents } = await worldWith(ASKED);
  const until = new Date(world.clock.now() + 60_000).toISOString();
  await decide({ ...RECALL, allow: true, until });
  expect(lastGrants(world)).toMatchObject({ grants: [{ ...RECALL, constraints: { sinceDays: 7 } }] });
  await world.clock.advance(59_000);
  expect(lastGrants(world)).toMatchObject({ grants: [RECALL] });
  await world.clock.advance(1_000);
  expect(lastGrants(world)).toMatchObject({ grants: [] });
  expect(await consents()).toMatchObject({
    consents: [{ id: 'diary', data: 'memories', granted: false, expired: true, until, how: 'settings', by: 'cli' }],
  });
  expect((await trail()).map(({ kind }) => kind)).toEqual([
    'system.started',
    'permission.granted',
    'permission.expired',
  ]);
});

test('what ended while AICO was off is not granted at the next start [SEC-8]', async () => {
  const { world, decide } = await worldWith(ASKED);
  await decide({ ...RECALL, allow: true, until: new Date(world.clock.now() + 60_000).toISOString() });
  await world.kernel.stop();
  await world.clock.advance(120_000);
  const later = new FakeWorld([], world);
  await later.kernel.start();
  expect(later.process('diary').request.grants).toEqual([]);
});

test('a consent tells who, what data, what for, how far, when and how it was asked; a refusal bites at once [SEC-8]', async () => {
  const { world, decide, trail, consents } = await worldWith(ASKED);
  await decide({ ...RECALL, allow: true });
  expect(await consents()).toEqual({
    consents: [
      {
        id: 'diary',
        name: 'diary',
        ...RECALL,
        words: 'recall what you said before',
        data: 'memories',
        purpose: 'to write your diary',
        scope: { sinceDays: 7 },
        granted: true,
        at: expect.any(String),
        how: 'settings',
        by: 'cli',
      },
    ],
  });
  await decide({ ...RECALL, allow: false });
  expect(lastGrants(world)).toMatchObject({ grants: [] });
  expect((await trail()).slice(1)).toMatchObject([
    {
      kind: 'permission.granted',
      plugin: 'diary',
      by: 'cli',
      details: { ...RECALL, how: 'settings', purpose: 'to write your diary', scope: '{"sinceDays":7}' },
    },
    { kind: 'permission.refused', plugin: 'diary', by: 'cli' },
  ]);
});

test('what is allowed without taking anything away is on record as allowed, and not in part [SEC-8]', async () => {
  const { decide, trail } = await worldWith({
    ...RECALL,
    constraints: { kinds: ['fact', 'wish'] },
    reason: 'to write',
  });
  for (const without of [{}, { kinds: [] }, { kinds: ['wish'] }]) await decide({ ...RECALL, allow: true, without });
  expect((await trail()).slice(1).map(({ kind, details }) => [kind, details?.['without']])).toEqual([
    ['permission.granted', undefined],
    ['permission.granted', undefined],
    ['permission.narrowed', '{"kinds":["wish"]}'],
  ]);
});

test('another limit is on record by its name, and so is one that was refused [SEC-9]', async () => {
  const { world, trail } = await worldWith();
  const ask = commandLine(world);
  await ask('limit', 'diary', { limits: { memoryMb: 300 } });
  await ask('limit', 'diary', { limits: {}, reset: ['memoryMb'] });
  world.required.add('diary');
  await ask('limit', 'diary', { limits: { memoryMb: 40 } });
  const limits = { kind: 'settings.changed', plugin: 'diary', by: 'cli' };
  expect((await trail()).slice(1)).toMatchObject([
    { ...limits, details: { names: 'memoryMb' } },
    { ...limits, details: { names: 'memoryMb' } },
    { ...limits, details: { names: 'memoryMb', failed: 'KERNEL_LIMIT_TOO_LOW' } },
  ]);
});
