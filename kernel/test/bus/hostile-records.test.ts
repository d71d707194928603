import { Buffer } from 'node:buffer';
import { AicoError, RecordKind } from '@aico/schemas';
import { encodeFrame, encodeRecord, FrameWriter } from '@aico/schemas/wire';
import { describe, expect, test } from 'vitest';
import type { RawPeer } from './raw-peer.ts';
import { createTestBus, type TestBus } from './test-bus.ts';

const STATE = 'vault.state.changed.v1';
const STATUS = 'llm.status.get.v1';
const LOCKED = { kind: RecordKind.publish, topic: STATE, data: { state: 'locked' } };
const REPLY = { connected: false, providers: [], selected: { provider: 'echo', kind: 'scripted', model: 'echo' } };

let asked = 1_000;

/** What a peer heard, once everything that it and others sent so far has been taken. */
async function heard(peer: RawPeer): Promise<readonly unknown[]> {
  asked += 1;
  const correlation = asked;
  await peer.send({ kind: RecordKind.unsubscribe, correlation, topic: 'a.v1' });
  await expect.poll(() => peer.seen(RecordKind.confirm).some((each) => each.correlation === correlation)).toBe(true);
  return peer.seen(RecordKind.deliver);
}

const codesOf = (bus: TestBus): string[] => bus.violations.map(({ error }) => error.code);

describe('a peer that holds its key and lies', () => {
  test('does not become another sender by its header [SEC-4, BUS-3]', async () => {
    await using bus = await createTestBus('memory');
    const { peer: hostile } = await bus.attach('hostile', [`publish ${STATE}`]);
    const { peer: other } = await bus.attach('other', [`subscribe ${STATE}`]);
    await other.subscribe(STATE);
    const header = Buffer.from(JSON.stringify({ sender: 'vault', incarnation: 'vault-1' }));
    await hostile.send({ ...LOCKED, correlation: 1, header }, { ...LOCKED, correlation: 2 });
    expect((await other.next(RecordKind.deliver)).header).toEqual({ sender: 'hostile', incarnation: 'hostile-1' });
    expect([await heard(other), codesOf(bus)]).toEqual([[], ['KERNEL_TRACE_MALFORMED']]);
  });

  test.each([RecordKind.deliver, RecordKind.confirm, RecordKind.append, 0, 18, 0x7f])(
    'does not speak as the kernel by a record of kind %i [SEC-4, BUS-3]',
    async (kind) => {
      await using bus = await createTestBus('memory');
      const { peer: hostile } = await bus.attach('hostile', [`publish ${STATE}`, 'subscribe >']);
      const { peer: other } = await bus.attach('other', ['subscribe >']);
      await other.subscribe('>');
      await hostile.send({ kind, correlation: 1, topic: STATE, data: { state: 'locked' } });
      await heard(hostile);
      expect([await heard(other), codesOf(bus)]).toEqual([[], ['KERNEL_FRAME_MALFORMED']]);
    },
  );

  test('moves no other request by numbers that it makes up [SEC-4]', async () => {
    await using bus = await createTestBus('memory');
    const { peer: llm } = await bus.attach('llm', [`serve ${STATUS}`]);
    const { peer: chat } = await bus.attach('chat', [`request ${STATUS}`]);
    const { peer: hostile } = await bus.attach('hostile', ['serve >', 'request >']);
    await llm.serve(STATUS);
    await chat.send({ kind: RecordKind.request, correlation: 1, topic: STATUS, data: {} });
    const asked = await llm.next(RecordKind.request);
    for (const sequence of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300, 0.5]) {
      await hostile.send({ kind: RecordKind.credit, correlation: asked.correlation, sequence, topic: STATUS });
    }
    await hostile.send({ kind: RecordKind.cancel, correlation: asked.correlation, topic: STATUS });
    await hostile.send({ kind: RecordKind.consumed, correlation: 0xffff_ffff, topic: '' });
    await heard(hostile);
    expect([llm.seen(RecordKind.cancel), llm.seen(RecordKind.credit)]).toEqual([[], []]);
    await llm.send({ kind: RecordKind.reply, correlation: asked.correlation, topic: STATUS, data: REPLY });
    expect((await chat.next(RecordKind.reply)).correlation).toBe(1);
  });

  test('answers once: the right ends with the first answer, with a cancellation, and with its asker [SEC-4]', async () => {
    await using bus = await createTestBus('memory');
    const { peer: llm } = await bus.attach('llm', [`serve ${STATUS}`]);
    const chat = await bus.attach('chat', [`request ${STATUS}`]);
    await llm.serve(STATUS);
    const ask = async (correlation: number): Promise<number> => {
      await chat.peer.send({ kind: RecordKind.request, correlation, topic: STATUS, data: {} });
      return (await llm.next(RecordKind.request)).correlation;
    };
    const answer = (correlation: number) => ({ kind: RecordKind.reply, correlation, topic: STATUS, data: REPLY });
    const first = await ask(1);
    await llm.send(answer(first), answer(first), answer(first));
    const second = await ask(2);
    await chat.peer.send({ kind: RecordKind.cancel, correlation: 2, topic: STATUS });
    await llm.next(RecordKind.cancel);
    await llm.send(answer(second), answer(first));
    await heard(chat.peer);
    expect(chat.peer.seen(RecordKind.reply).map(({ correlation }) => correlation)).toEqual([1]);
    const third = await ask(3);
    chat.attachment.detach();
    const again = await bus.attach('chat', [`request ${STATUS}`]);
    await llm.send(answer(third));
    expect([await heard(again.peer), again.peer.seen(RecordKind.reply)]).toEqual([[], []]);
  });

  test('asks the kernel itself for more than may be open in vain [BUS-4]', async () => {
    await using bus = await createTestBus('memory');
    const topic = 'kernel.status.get.v1';
    const answered = Promise.withResolvers<void>();
    bus.broker.serveLocal(topic, async () => {
      await answered.promise;
      throw new AicoError('KERNEL_CANCELLED', { subject: 'status' });
    });
    const { peer } = await bus.attach('curious', [`request ${topic}`]);
    const ask = (correlation: number) => ({ kind: RecordKind.request, correlation, topic, data: {} });
    await peer.send(...Array.from({ length: 4_097 }, (_, at) => ask(at + 1)));
    expect(await peer.next(RecordKind.error)).toMatchObject({
      correlation: 4_097,
      data: { code: 'KERNEL_REQUEST_LIMIT' },
    });
    answered.resolve();
    await expect.poll(() => peer.seen(RecordKind.error).length).toBe(4_096);
    await peer.send(ask(5_000));
    await expect
      .poll(() => peer.seen(RecordKind.error).at(-1))
      .toMatchObject({ correlation: 5_000, data: { code: 'KERNEL_CANCELLED' } });
  });

  test('repeats an open request in vain [BUS-4]', async () => {
    await using bus = await createTestBus('memory');
    const { peer: llm } = await bus.attach('llm', [`serve ${STATUS}`]);
    const { peer: chat } = await bus.attach('chat', [`request ${STATUS}`]);
    await llm.serve(STATUS);
    const question = { kind: RecordKind.request, correlation: 1, topic: STATUS, data: {} };
    await chat.send(question, question);
    expect((await chat.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_REQUEST_LIMIT' });
    await heard(llm);
    expect(llm.seen(RecordKind.request)).toHaveLength(1);
  });

  test.each<[string, (good: Uint8Array) => Uint8Array]>([
    ['cut off', (good) => good.subarray(0, good.length - 1)],
    ['too long', (good) => Buffer.concat([good, Buffer.of(0)])],
    [
      'with half a record',
      () => encodeFrame([encodeRecord({ kind: RecordKind.publish, topic: STATE }).subarray(0, -1)]),
    ],
  ])('has a frame %s refused whole, however good its beginning is [BUS-3]', async (_, spoil) => {
    await using bus = await createTestBus('memory');
    const { peer: hostile } = await bus.attach('hostile', [`publish ${STATE}`]);
    const { peer: other } = await bus.attach('other', [`subscribe ${STATE}`]);
    await other.subscribe(STATE);
    const writer = new FrameWriter();
    for (const correlation of [1, 2, 3]) writer.add({ ...LOCKED, correlation, payload: '{"state":"locked"}' });
    await hostile.sendFrame(spoil(writer.take()));
    await expect.poll(() => codesOf(bus)).toEqual(['KERNEL_FRAME_MALFORMED']);
    expect(await heard(other)).toEqual([]);
  });

  test('subscribes to no more than it may, and leaves nothing behind [PLG-3, SEC-4]', async () => {
    await using bus = await createTestBus('memory');
    const { peer: vault } = await bus.attach('vault', [`publish ${STATE}`]);
    const hostile = await bus.attach('hostile', ['subscribe >'], {
      messagesPerSecond: 1_000_000,
      subscriptions: 20_000,
    });
    const { peer: other } = await bus.attach('other', [`subscribe ${STATE}`]);
    await other.subscribe(STATE);
    for (let sent = 0; sent < 21_000; sent += 1_000) {
      const topics = Array.from({ length: 1_000 }, (_, at) => `a.s${sent + at}.v1`);
      await hostile.peer.send(...topics.map((topic) => ({ kind: RecordKind.subscribe, correlation: 1, topic })));
    }
    await vault.send({ ...LOCKED, correlation: 1 });
    expect((await other.next(RecordKind.deliver)).data).toEqual({ state: 'locked' });
    const refused = await hostile.peer.next(RecordKind.error);
    expect(refused.data).toMatchObject({ code: 'KERNEL_SUBSCRIPTION_LIMIT', details: { limit: 20_000 } });
    hostile.attachment.detach();
    const again = await bus.attach('hostile', ['subscribe >']);
    await again.peer.subscribe('a.s0.v1');
    expect(again.peer.seen(RecordKind.error)).toEqual([]);
  });
});
