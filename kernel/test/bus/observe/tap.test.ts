import { type BusObserved, type BusRecord, RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import type { RawPeer } from '../raw-peer.ts';
import { createTestBus, openContracts, type TestBus } from '../test-bus.ts';

const OBSERVED = 'kernel.bus.observed.v1';
const SECRET = 'vault.secret.get.v1';
const ROLL = 'plugin.dice.command.run.v1';
const RUN = {
  name: 'roll',
  arguments: '2d6',
  conversation: '6f1c2b34-1a2b-4c3d-8e4f-5a6b7c8d9e0f',
  time: '2026-11-23T08:00:00.000Z',
};

async function watch(bus: TestBus): Promise<RawPeer> {
  const { peer } = await bus.attach('watcher', [`subscribe ${OBSERVED}`]);
  await peer.subscribe(OBSERVED);
  return peer;
}

const batchOf = async (peer: RawPeer): Promise<BusObserved> =>
  (await peer.next(RecordKind.deliver)).data as BusObserved;

const exchange = async (bus: TestBus, topic: string, data: unknown, reply: unknown): Promise<void> => {
  const { peer: asker } = await bus.attach('asker', [`request ${topic}`]);
  const { peer: server } = await bus.attach('dice', [`serve ${topic}`]);
  await server.serve(topic);
  await asker.send({ kind: RecordKind.request, correlation: 1, topic, data });
  const { correlation } = await server.next(RecordKind.request);
  await server.send({ kind: RecordKind.reply, correlation, topic, data: reply });
  await asker.next(RecordKind.reply);
};

const withoutTimes = ({ time: _time, sequence: _sequence, exchange: _exchange, ...rest }: BusRecord) => rest;

test('tells each message with sender, receivers and payload to who watches [OBS-1]', async () => {
  await using bus = await createTestBus('memory');
  const watcher = await watch(bus);
  await exchange(bus, ROLL, RUN, { text: '7' });
  const { records, skipped } = await batchOf(watcher);
  expect(skipped).toBe(0);
  const asked = JSON.stringify(RUN);
  expect(records.map(withoutTimes)).toEqual([
    { verb: 'request', sender: 'asker', topic: ROLL, receivers: ['dice'], bytes: asked.length, payload: asked },
    { verb: 'reply', sender: 'dice', topic: ROLL, receivers: ['asker'], bytes: 12, payload: '{"text":"7"}' },
  ]);
  expect(new Set(records.map((record) => record.exchange)).size).toBe(1);
});

test('hides what sealed topics and the vault carry [OBS-1, SEC-6]', async () => {
  await using bus = await createTestBus('memory', openContracts());
  const watcher = await watch(bus);
  await exchange(bus, SECRET, { name: 'key' }, { value: 'hidden' });
  const { records } = await batchOf(watcher);
  expect(records.map(({ payload, redacted }) => ({ payload, redacted }))).toEqual([
    { payload: undefined, redacted: true },
    { payload: undefined, redacted: true },
  ]);
  expect(JSON.stringify(records)).not.toContain('hidden');
});

test('needs a grant of its own: no wildcard reaches it [OBS-1, SEC-4]', async () => {
  await using bus = await createTestBus('memory');
  const { peer } = await bus.attach('curious', ['subscribe >', 'subscribe kernel.>']);
  await peer.send({ kind: RecordKind.subscribe, correlation: 1, topic: OBSERVED });
  expect((await peer.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_PERMISSION_DENIED' });
});

test('counts what is too much to tell [OBS-1]', async () => {
  await using bus = await createTestBus('memory');
  const watcher = await watch(bus);
  const state = { name: 'vault.unlocked', holds: true };
  for (let said = 0; said < 250; said += 1) bus.broker.publishLocal('kernel.condition.changed.v1', state);
  const { records, skipped } = await batchOf(watcher);
  expect([records.length, skipped]).toEqual([200, 50]);
});

test('cuts what is long [OBS-1]', async () => {
  await using bus = await createTestBus('memory');
  const watcher = await watch(bus);
  const { peer: server } = await bus.attach('dice', [`serve ${ROLL}`]);
  await server.serve(ROLL);
  const { peer } = await bus.attach('asker', [`request ${ROLL}`]);
  const data = { ...RUN, arguments: 'x'.repeat(1_990) };
  await peer.send({ kind: RecordKind.request, correlation: 1, topic: ROLL, data });
  const [record] = (await batchOf(watcher)).records;
  expect(record).toMatchObject({ cut: true, bytes: JSON.stringify(data).length });
  expect(record?.payload?.length).toBe(2_048);
});

test('says nothing of itself, and nothing when nobody watches any more [OBS-1]', async () => {
  await using bus = await createTestBus('memory');
  const watcher = await watch(bus);
  bus.broker.publishLocal('kernel.condition.changed.v1', { name: 'vault.unlocked', holds: true });
  expect((await batchOf(watcher)).records.map(({ topic }) => topic)).toEqual(['kernel.condition.changed.v1']);
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(watcher.seen(RecordKind.deliver)).toEqual([]);

  await watcher.send({ kind: RecordKind.unsubscribe, correlation: 9, topic: OBSERVED });
  await watcher.next(RecordKind.confirm);
  bus.broker.publishLocal('kernel.condition.changed.v1', { name: 'vault.unlocked', holds: false });
  const routed = bus.broker.totals.routed;
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(bus.broker.totals.routed).toBe(routed);
});

test('tells what the kernel itself answers: nobody serves a topic, or its server went [OBS-1]', async () => {
  await using bus = await createTestBus('memory');
  const watcher = await watch(bus);
  const { peer } = await bus.attach('asker', [`request ${ROLL}`]);
  await peer.send({ kind: RecordKind.request, correlation: 1, topic: ROLL, data: RUN });
  await peer.next(RecordKind.error);
  const server = await bus.attach('dice', [`serve ${ROLL}`]);
  await server.peer.serve(ROLL);
  await peer.send({ kind: RecordKind.request, correlation: 2, topic: ROLL, data: RUN });
  await server.peer.next(RecordKind.request);
  server.attachment.detach();
  await peer.next(RecordKind.error);
  const { records } = await batchOf(watcher);
  const told = records.map(({ verb, sender, receivers }) => [verb, sender, ...receivers]);
  expect(told).toEqual([
    ['error', 'kernel', 'asker'],
    ['request', 'asker', 'dice'],
    ['error', 'kernel', 'asker'],
  ]);
  expect(records[2]?.exchange).toBe(records[1]?.exchange);
  expect(records.map(({ payload }) => /KERNEL_[A-Z_]+/.exec(payload ?? '')?.[0])).toEqual([
    'KERNEL_NO_SERVER',
    undefined,
    'KERNEL_SERVER_GONE',
  ]);
});

test('tells what was refused, and why [OBS-1]', async () => {
  await using bus = await createTestBus('memory');
  const watcher = await watch(bus);
  const { peer } = await bus.attach('curious', []);
  await peer.send({ kind: RecordKind.request, correlation: 1, topic: ROLL, data: RUN });
  await peer.next(RecordKind.error);
  const { records } = await batchOf(watcher);
  const refused = records.find(({ verb }) => verb === 'refused');
  expect(refused).toMatchObject({ sender: 'curious', topic: ROLL, receivers: [] });
  expect(refused?.payload).toContain('KERNEL_PERMISSION_DENIED');
});
