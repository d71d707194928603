import { Buffer } from 'node:buffer';
import { RecordKind } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { createTestBus } from './test-bus.ts';

const STATE = 'vault.state.changed.v1';
const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

describe('a refused record names subject, rule and fix, and disturbs nobody else', () => {
  test.each([
    ['a malformed topic', { topic: 'Vault..State', data: {} }, 'KERNEL_TOPIC_MALFORMED'],
    ['an unknown topic', { topic: 'vault.nothing.known.v1', data: {} }, 'KERNEL_TOPIC_UNKNOWN'],
    ['an ungranted topic', { topic: 'chat.message.created.v1', data: {} }, 'KERNEL_PERMISSION_DENIED'],
    ['a kernel topic', { topic: 'kernel.plugin.changed.v1', data: {} }, 'KERNEL_PERMISSION_DENIED'],
    ["another plugin's topic", { topic: 'plugin.other.event.v1', data: {} }, 'KERNEL_PERMISSION_DENIED'],
    ['a payload off schema', { topic: STATE, data: { state: 'ajar' } }, 'KERNEL_PAYLOAD_INVALID'],
    ['a payload with an unknown key', { topic: STATE, data: { state: 'locked', more: 1 } }, 'KERNEL_PAYLOAD_INVALID'],
    ['a payload nested too deep', { topic: STATE, data: nested(1_500) }, 'KERNEL_PAYLOAD_INVALID'],
    ['a payload over size', { topic: STATE, data: { state: 'x'.repeat(5000) } }, 'KERNEL_PAYLOAD_TOO_LARGE'],
    ['a request as an event', { topic: 'vault.lock.run.v1', data: {} }, 'KERNEL_TOPIC_UNKNOWN'],
  ])('%s [SEC-4, BUS-5]', async (_, record, code) => {
    await using bus = await createTestBus('memory');
    const grants = ['publish vault.>', 'publish kernel.>', 'publish plugin.>', 'publish kernel.plugin.changed.v1'];
    const { peer } = await bus.attach('offender', grants, { messageBytes: 4096 });
    const { peer: other } = await bus.attach('other', ['subscribe vault.>']);
    await other.subscribe('vault.>');
    const good = { kind: RecordKind.publish, correlation: 2, topic: STATE, data: { state: 'locked' } };
    await peer.send({ kind: RecordKind.publish, correlation: 1, ...record }, good);
    const error = await peer.next(RecordKind.error);
    expect(error).toMatchObject({ correlation: 1, header: { of: 'publish' }, data: { code } });
    expect(Object.keys(error.data as object)).toEqual(expect.arrayContaining(['subject', 'rule', 'fix', 'message']));
    expect((await peer.next(RecordKind.confirm)).correlation).toBe(2);
    expect((await other.next(RecordKind.deliver)).data).toEqual({ state: 'locked' });
    expect(bus.violations.map((violation) => violation.error.code)).toEqual([code]);
  });

  test('a payload that is not JSON [BUS-5]', async () => {
    await using bus = await createTestBus('memory');
    const { peer } = await bus.attach('offender', [`publish ${STATE}`]);
    const { encodeFrame, encodeRecord } = await import('@aico/schemas/wire');
    const payload = Buffer.from('{"state":');
    await peer.sendFrame(
      encodeFrame([encodeRecord({ kind: RecordKind.publish, correlation: 1, topic: STATE, payload })]),
    );
    expect((await peer.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_PAYLOAD_INVALID' });
  });

  test('a sender over its rate learns it, and may send again a moment later [PLG-3]', async () => {
    await using bus = await createTestBus('memory');
    const { peer } = await bus.attach('fast', [`publish ${STATE}`], { messagesPerSecond: 10 });
    const record = { kind: RecordKind.publish, topic: STATE, data: { state: 'locked' } };
    await peer.send(...Array.from({ length: 20 }, (_, at) => ({ ...record, correlation: at + 1 })));
    await peer.next(RecordKind.confirm);
    const refused = peer.seen(RecordKind.error);
    // The others wait until it may send again.
    expect(refused).toHaveLength(4);
    expect(refused[0]?.data).toMatchObject({ code: 'KERNEL_RATE_EXCEEDED', subject: 'fast' });
  });

  test('what is refused costs its sender the time of its bytes as well, so that large ones come no faster than they may [PLG-3]', async () => {
    await using bus = await createTestBus('memory');
    const bytes = 20_000;
    const { peer } = await bus.attach('heavy', [`publish ${STATE}`], { bytesPerSecond: bytes * 20 });
    const record = { kind: RecordKind.publish, topic: STATE, data: { state: 'x'.repeat(bytes) } };
    const began = performance.now();
    for (let at = 1; at <= 5; at += 1) await peer.send({ ...record, correlation: at });
    await peer.next(RecordKind.confirm);
    await expect.poll(() => peer.seen(RecordKind.error).length).toBe(5);
    // The first is read at once, and each of the others a fiftieth of a second after the one before.
    expect(performance.now() - began).toBeGreaterThan(4 * 18);
  });

  test("an answer to another's request is forgery: it reaches nobody and counts [SEC-4]", async () => {
    await using bus = await createTestBus('memory');
    const { peer: llm } = await bus.attach('llm', ['serve llm.status.get.v1']);
    const { peer: forger } = await bus.attach('forger', ['serve >']);
    const { peer: chat } = await bus.attach('chat', ['request llm.status.get.v1']);
    await llm.serve('llm.status.get.v1');
    await chat.send({ kind: RecordKind.request, correlation: 1, topic: 'llm.status.get.v1', data: {} });
    const asked = await llm.next(RecordKind.request);
    await forger.send({ kind: RecordKind.reply, correlation: asked.correlation, topic: 'llm.status.get.v1', data: {} });
    await expect
      .poll(() => bus.violations.map((each) => [each.sender, each.error.code]))
      .toEqual([['forger', 'KERNEL_REPLY_UNEXPECTED']]);
    expect(chat.seen(RecordKind.reply)).toEqual([]);
  });

  const lying = Buffer.alloc(40);
  lying[0] = 1;
  lying.writeUInt32LE(0xffff_ffff, 1);
  test.each([
    ['an empty frame', Buffer.alloc(0)],
    ['another version', Buffer.from([9, 1, 2])],
    ['half a record', Buffer.from([1, 0, 0])],
    ['a length that lies', lying],
    ['garbage', Buffer.alloc(100, 0xff)],
  ])('%s changes nothing and cuts its sender off [BUS-1]', async (_, frame) => {
    await using bus = await createTestBus('memory');
    const { peer, attachment } = await bus.attach('hostile', [`publish ${STATE}`]);
    await peer.sendFrame(frame);
    await expect.poll(() => bus.violations.map(({ error }) => error.code)).toEqual(['KERNEL_FRAME_MALFORMED']);
    await peer.send({ kind: RecordKind.publish, correlation: 5, topic: STATE, data: { state: 'locked' } });
    const { peer: other } = await bus.attach('other', [`publish ${STATE}`]);
    await other.send({ kind: RecordKind.publish, correlation: 6, topic: STATE, data: { state: 'locked' } });
    expect((await other.next(RecordKind.confirm)).correlation).toBe(6);
    expect([peer.seen(RecordKind.confirm), attachment.traffic.sent]).toEqual([[], 0]);
  });
});
