import { createMemoryLinks, DEFAULT_QUOTA } from '@aico/kernel';
import { RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { Peer } from '../../src/bus/peer.ts';
import { createTestBus } from './test-bus.ts';

const STATE = 'vault.state.changed.v1';
const OTHER = 'llm.status.get.v1';
const KEEP = 'storage.kv.set.v1';
const MANY = 2_000;

test.each([
  [
    'publishes',
    `publish ${STATE}`,
    { kind: RecordKind.publish, correlation: 1, topic: STATE, data: { state: 'locked' } },
  ],
  ['subscriptions', `subscribe ${STATE}`, { kind: RecordKind.subscribe, correlation: 1, topic: STATE }],
] as const)(
  'a frame full of %s is taken in turns with what others send, and whole [BUS-1, PLG-3]',
  async (_what, grant, record) => {
    await using bus = await createTestBus('memory');
    const { peer: talker } = await bus.attach('talker', [grant]);
    const { peer: listener } = await bus.attach('listener', [`subscribe ${STATE}`]);
    const { peer: answerer } = await bus.attach('answerer', [`serve ${OTHER}`]);
    const { peer: asker } = await bus.attach('asker', [`request ${OTHER}`]);
    await listener.subscribe(STATE);
    await answerer.serve(OTHER);
    await talker.send(...Array.from({ length: MANY }, (_, at) => ({ ...record, correlation: at + 1 })));
    await asker.send({ kind: RecordKind.request, correlation: 1, topic: OTHER, data: {} });
    await answerer.next(RecordKind.request);
    // What is asked meanwhile arrives before all of the frame is taken.
    const confirmed = () => talker.seen(RecordKind.confirm).at(-1)?.correlation ?? 0;
    expect(confirmed()).toBeLessThan(MANY);
    await expect.poll(confirmed).toBe(MANY);
    expect(listener.seen(RecordKind.deliver)).toHaveLength(record.kind === RecordKind.publish ? MANY : 0);
  },
);

test('between large messages of one sender others have their turn [BUS-1, PLG-3]', async () => {
  await using bus = await createTestBus('zeromq');
  const bytes = 200_000;
  const { peer: storage } = await bus.attach('storage', [`serve ${KEEP}`]);
  const { peer: heavy } = await bus.attach('heavy', [`request ${KEEP}`], { bytesPerSecond: bytes * 5.5 });
  await storage.serve(KEEP);
  const record = { kind: RecordKind.request, topic: KEEP, data: { key: 'k', value: 'x'.repeat(bytes) } };
  const began = performance.now();
  for (let at = 1; at <= 5; at += 1) await heavy.send({ ...record, correlation: at });
  await expect.poll(() => storage.seen(RecordKind.request).length, { interval: 5 }).toBe(5);
  expect(bus.violations).toEqual([]);
  // A second of the quota has room for all five, yet one comes a fiftieth of a second after the other.
  expect(performance.now() - began).toBeGreaterThan(4 * 18);
});

test('answers, however large, and small messages cost nobody a turn [BUS-1, PLG-3]', () => {
  const [link] = createMemoryLinks();
  const quota = { ...DEFAULT_QUOTA, bytesPerSecond: 1_000_000 };
  const peer = new Peer({ id: 'storage', incarnation: 'storage-1', grants: [], quota, link }, 0, () => {});
  for (const kind of [RecordKind.reply, RecordKind.chunk, RecordKind.error]) peer.oweForTaken(kind, 1_000_000);
  peer.oweForTaken(RecordKind.publish, 60_000);
  expect(peer.timeOwed.takePause(1_000)).toBe(0);
  peer.oweForTaken(RecordKind.publish, 80_000);
  expect(peer.timeOwed.takePause(1_000)).toBe(20);
});
