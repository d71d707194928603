import { type Quota, RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { type FakeProcess, FakeWorld, manifestOf } from './fake-plugins.ts';

const SET = 'storage.kv.set.v1';
const STATE = 'vault.state.changed.v1';

const may = (verb: 'publish' | 'request' | 'serve' | 'subscribe', topic: string) => ({
  verb,
  topic,
  reason: 'to do it',
});
const full = (details?: object) => ({ code: 'STORAGE_QUOTA_EXCEEDED', message: 'Full.', ...(details && { details }) });
const FULL = full({ limit: 64, exceeded: 'storageMb' });

/** A guest with a storage beside it. */
async function open(quota: Quota = {}) {
  const permissions = [may('request', SET), may('publish', STATE), may('subscribe', '>')];
  const world = new FakeWorld([
    manifestOf('guest', { quota: { storageMb: 64, ...quota }, permissions }),
    manifestOf('storage', {
      permissions: [may('serve', SET), may('publish', STATE)],
      quota: { messagesPerSecond: 1_000_000 },
    }),
  ]);
  await world.kernel.start();
  const { peer: storage } = world.process('storage');
  await storage.serve(SET);
  const ask = commandLine(world);
  return {
    world,
    storage,
    ask,
    guest: world.process('guest'),
    pressure: async () => ((await ask('get', 'guest')) as { pressure?: unknown[] }).pressure,
    notices: () => world.kernel.status().notices.map(({ code }) => code),
  };
}

let correlation = 0;

/** Asks to store, and lets the storage refuse with an error. */
async function refuse(guest: FakeProcess, storage: FakeProcess['peer'], error: object): Promise<void> {
  correlation += 1;
  const before = storage.seen(RecordKind.request).length;
  await guest.peer.send({ kind: RecordKind.request, correlation, topic: SET, data: { key: 'a', value: 1 } });
  await expect.poll(() => storage.seen(RecordKind.request).length).toBe(before + 1);
  const asked = storage.seen(RecordKind.request).at(-1);
  await storage.send({ kind: RecordKind.error, correlation: asked?.correlation ?? 0, topic: SET, data: error });
  await settle();
}

test('a full database is told to the user with the way to let it store more, and no more when they did [PLG-3]', async () => {
  const { world, guest, storage, ask, pressure, notices } = await open();
  await refuse(guest, storage, FULL);
  expect(await pressure()).toEqual([
    { id: 'guest', name: 'guest', resource: 'storage', step: 'throttled', used: 64, limit: 64 },
  ]);
  const [notice] = world.kernel.status().notices;
  expect([notice?.code, notice?.fix]).toEqual([
    'KERNEL_STORAGE_REACHED',
    expect.stringContaining('aico plugin limit guest storage='),
  ]);
  expect(await ask('limit', 'guest', { limits: { storageMb: 128 } })).toMatchObject({ quota: { storageMb: 128 } });
  expect(await pressure()).toBeUndefined();
  await refuse(guest, storage, FULL);
  expect(await pressure()).toMatchObject([{ resource: 'storage', limit: 128 }]);
  expect(notices()).toEqual(['KERNEL_STORAGE_REACHED', 'KERNEL_STORAGE_REACHED']);
});

test('no flood of refusals floods the notices, nor does a process that starts again and again [PLG-3]', async () => {
  const { world, guest, storage, ask, pressure, notices } = await open();
  for (let sent = 0; sent < 20; sent += 1) await refuse(guest, storage, FULL);
  await ask('disable', 'guest');
  expect(await pressure()).toBeUndefined();
  await ask('enable', 'guest');
  await refuse(world.process('guest'), storage, FULL);
  expect(await pressure()).toMatchObject([{ resource: 'storage' }]);
  expect(notices()).toEqual(['KERNEL_STORAGE_REACHED']);
});

test('whoever serves a topic says of no limit that it is reached but of those to which it keeps by contract [PLG-3, BUS-3]', async () => {
  const { guest, storage, pressure, notices } = await open();
  for (const error of [
    full(),
    full({ exceeded: 'memoryMb' }),
    full({ exceeded: ['storageMb'] }),
    full({ plugin: 'storage' }),
  ])
    await refuse(guest, storage, error);
  expect(await pressure()).toBeUndefined();
  expect(notices()).toEqual([]);
});

test('a message larger than its sender may send is told to the user, with its size [PLG-3]', async () => {
  const { world, guest, ask, pressure } = await open({ messageBytes: 256 });
  const publish = { kind: RecordKind.publish, correlation: 1, topic: STATE, data: { state: 'x'.repeat(500) } };
  await guest.peer.send(publish);
  await settle();
  expect(await pressure()).toMatchObject([{ resource: 'message-size', used: 512, limit: 256 }]);
  expect(world.kernel.status().notices).toMatchObject([
    { code: 'KERNEL_MESSAGE_SIZE_REACHED', fix: expect.stringContaining('aico plugin limit guest message-size=') },
  ]);
  await ask('limit', 'guest', { limits: { messageBytes: 1024 } });
  expect(await pressure()).toBeUndefined();
  // A broken rule costs its breaker a moment.
  await world.clock.advance(100);
  await guest.peer.send(publish);
  await settle();
  // It is refused for what it says now, not for its size.
  expect(guest.peer.seen(RecordKind.error).at(-1)?.data).toMatchObject({ code: 'KERNEL_PAYLOAD_INVALID' });
  expect(await pressure()).toBeUndefined();
});

test('more subscriptions than it may have are told to the user [PLG-3]', async () => {
  const { guest, pressure } = await open({ subscriptions: 1 });
  for (const topic of ['a.b.v1', 'a.c.v1'])
    await guest.peer.send({ kind: RecordKind.subscribe, correlation: 1, topic });
  await settle();
  expect(await pressure()).toMatchObject([{ resource: 'subscriptions', used: 1, limit: 1 }]);
});

test('a plugin that does not keep up and loses what waits for it is told to the user [PLG-3, BUS-6]', async () => {
  const { world, guest, storage, pressure } = await open({ queueMessages: 16 });
  await guest.peer.subscribe(STATE);
  // Its window first, then its queue.
  const record = { kind: RecordKind.publish, correlation: 1, topic: STATE, data: { state: 'locked' } };
  for (let sent = 0; sent < 17_000; sent += 1_000) await storage.send(...Array.from({ length: 1_000 }, () => record));
  const later = async () => {
    await world.clock.advance(1_100);
    return pressure();
  };
  await expect.poll(later).toMatchObject([{ id: 'guest', resource: 'queue', step: 'throttled', limit: 16 }]);
});
