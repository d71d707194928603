import { createMemoryLinks, DEFAULT_QUOTA, type Link } from '@aico/kernel';
import { RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { RawPeer } from './raw-peer.ts';
import { createTestBus, grantOf, openContracts, type TestBus } from './test-bus.ts';

const GET = 'storage.kv.get.v1';
const SET = 'storage.kv.set.v1';
const CREATED = 'chat.message.created.v1';
const APPEND = 'journal.append.v1';
const MEGABYTE = 1024 * 1024;
const GRANTS = [GET, SET, APPEND].map((topic) => `serve ${topic}`);
const BUSY = { code: 'KERNEL_SERVER_BUSY' };
const text = 'x'.repeat(200_000);
const id = '00000000-0000-4000-8000-000000000000';
const said = { id, conversation: id, role: 'user', status: 'complete', text, createdAt: '2026-01-01T00:00:00Z' };

test('more requests than may wait for a server that does not read are refused, and its asker told [BUS-6, PLG-3]', async () => {
  await using bus = await createTestBus('memory');
  const { peer: asker } = await bus.attach('asker', [`request ${SET}`]);
  const server = await attachDeaf(bus);
  await server.peer.send({ kind: RecordKind.serve, correlation: 1, topic: SET });
  const set = { kind: RecordKind.request, topic: SET, data: { key: 'a', value: text } };
  for (let sent = 1; sent <= 20; sent += 1) await asker.send({ ...set, correlation: sent });
  expect((await asker.next(RecordKind.error)).data).toMatchObject({ ...BUSY, subject: SET });
  // It is no broken rule of the asker.
  expect(bus.violations).toEqual([]);
  // One frame is with the socket; what waits behind it is within the server's queue.
  expect(20 - asker.seen(RecordKind.error).length - 1).toBeLessThanOrEqual((2 * MEGABYTE) / text.length + 2);
});

test('durable events that are not kept are bounded too, and there is room again when they are [BUS-6, PLG-3]', async () => {
  await using bus = await createTestBus('memory', openContracts());
  const { peer: chat } = await bus.attach('chat', [`publish ${CREATED}`]);
  const { peer: journal } = await bus.attach('journal', GRANTS, { queueBytes: MEGABYTE });
  await journal.serve(APPEND);
  const publish = { kind: RecordKind.publish, topic: CREATED, data: { message: said } };
  for (let sent = 1; sent <= 20; sent += 1) await chat.send({ ...publish, correlation: sent });
  const held = Math.floor(MEGABYTE / JSON.stringify({ message: said }).length);
  expect((await chat.next(RecordKind.error)).data).toMatchObject({ ...BUSY, subject: CREATED });
  await expect.poll(() => journal.seen(RecordKind.append)).toHaveLength(held);
  const { correlation } = await journal.next(RecordKind.append);
  await journal.send({ kind: RecordKind.reply, correlation, topic: CREATED, data: { sequence: 1 } });
  await chat.send({ ...publish, correlation: 21 });
  await expect.poll(() => journal.seen(RecordKind.append)).toHaveLength(held);
  expect(journal.seen(RecordKind.append).at(-1)?.data).toEqual({ message: said });
});

test('a peer that asks and asks and reads no answer is given up [PLG-3]', async () => {
  await using bus = await createTestBus('memory');
  const { peer: storage } = await bus.attach('storage', GRANTS);
  await storage.serve(GET);
  const { peer: deaf, failures } = await attachDeaf(bus);
  const answer = { kind: RecordKind.reply, topic: GET, data: { value: 'x'.repeat(900_000) } };
  let answered = 0;
  for (; failures.length === 0 && answered < 300; answered += 1) {
    await deaf.send({ kind: RecordKind.request, correlation: answered + 1, topic: GET, data: { key: 'a' } });
    const { correlation } = await storage.next(RecordKind.request);
    await storage.send({ ...answer, correlation });
  }
  expect(failures).toMatchObject([{ code: 'KERNEL_PLUGIN_UNRESPONSIVE', subject: 'deaf' }]);
  expect(answered * 0.9).toBeGreaterThan(100);
});

/** A peer that speaks, and whose socket takes nothing. */
async function attachDeaf(bus: TestBus): Promise<{ peer: RawPeer; failures: readonly unknown[] }> {
  const [kernelEnd, peerEnd] = createMemoryLinks();
  const link: Link = {
    send: () => new Promise(() => {}),
    receive: (handler) => kernelEnd.receive(handler),
    close: () => kernelEnd.close(),
  };
  const failures: unknown[] = [];
  bus.broker.attach({
    ...{ id: 'deaf', incarnation: 'deaf-1', link, onLinkFailure: (error) => failures.push(error) },
    grants: [...GRANTS, `request ${GET}`].map(grantOf),
    quota: { ...DEFAULT_QUOTA, queueBytes: 2 * MEGABYTE },
  });
  return { peer: RawPeer.overLink(peerEnd), failures };
}
