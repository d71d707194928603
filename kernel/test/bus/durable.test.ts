import { ContractTable } from '@aico/kernel';
import { RecordKind, TOPICS } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { createTestBus } from './test-bus.ts';

const EVENT = 'vault.state.changed.v1';
const APPEND = 'journal.append.v1';
const CONSUME = 'journal.consume.v1';
/** One topic of the table made durable, whatever the product's own choice. */
const contracts = new ContractTable(
  TOPICS.map((topic) => (topic.topic === EVENT ? { ...topic, delivery: 'durable' as const } : topic)),
);
const publish = { kind: RecordKind.publish, topic: EVENT, data: { state: 'locked' } };

describe.each(['memory', 'zeromq'] as const)('durable topics over %s [BUS-6]', (transport) => {
  test('a publisher learns that its event is held, then that it is kept, and only then do others see it', async () => {
    await using bus = await createTestBus(transport, contracts);
    const { peer: journal } = await bus.attach('journal', [`serve ${APPEND}`]);
    const { peer: vault } = await bus.attach('vault', [`publish ${EVENT}`]);
    const { peer: live } = await bus.attach('live', [`subscribe ${EVENT}`]);
    await journal.serve(APPEND);
    await live.subscribe(EVENT);
    await vault.send({ ...publish, correlation: 5 });
    expect(await vault.next(RecordKind.confirm)).toMatchObject({ topic: 'held', correlation: 5 });
    expect(await vault.next(RecordKind.confirm)).toMatchObject({ topic: 'publish', correlation: 5 });
    const append = await journal.next(RecordKind.append);
    expect(append).toMatchObject({ topic: EVENT, header: { sender: 'vault' }, data: { state: 'locked' } });
    expect(live.seen(RecordKind.deliver)).toEqual([]);
    await journal.send({
      kind: RecordKind.reply,
      correlation: append.correlation,
      topic: EVENT,
      data: { sequence: 1 },
    });
    expect(await vault.next(RecordKind.confirm)).toMatchObject({ topic: 'kept', correlation: 5 });
    expect((await live.next(RecordKind.deliver)).data).toEqual({ state: 'locked' });
  });

  test('a publisher learns when nobody keeps events, and when whoever did is gone', async () => {
    await using bus = await createTestBus(transport, contracts);
    const { peer: vault } = await bus.attach('vault', [`publish ${EVENT}`]);
    await vault.send({ ...publish, correlation: 1 });
    expect((await vault.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_NO_SERVER' });
    const journal = await bus.attach('journal', [`serve ${APPEND}`]);
    await journal.peer.serve(APPEND);
    await vault.send({ ...publish, correlation: 2 });
    await journal.peer.next(RecordKind.append);
    journal.attachment.detach();
    expect(await vault.next(RecordKind.error)).toMatchObject({ correlation: 2, data: { code: 'KERNEL_SERVER_GONE' } });
  });

  test('what was published reaches its subscribers also when its publisher is gone before it is kept', async () => {
    await using bus = await createTestBus(transport, contracts);
    const { peer: journal } = await bus.attach('journal', [`serve ${APPEND}`, `serve ${CONSUME}`]);
    const vault = await bus.attach('vault', [`publish ${EVENT}`]);
    const { peer: live } = await bus.attach('live', [`subscribe ${EVENT}`]);
    const sleeper = await bus.attach('sleeper', [`subscribe ${EVENT}`]);
    await journal.serve(APPEND);
    await journal.serve(CONSUME);
    await live.subscribe(EVENT);
    const data = { pattern: EVENT, group: 'main' };
    await sleeper.peer.send({ kind: RecordKind.stream, correlation: 1, sequence: 8, topic: CONSUME, data });
    await journal.next(RecordKind.stream);
    const woken = Promise.withResolvers<void>();
    sleeper.attachment.hold(woken.resolve);
    sleeper.attachment.sleep();
    await vault.peer.send({ ...publish, correlation: 5 });
    const { correlation } = await journal.next(RecordKind.append);
    vault.attachment.detach();
    await journal.send({ kind: RecordKind.reply, correlation, topic: EVENT, data: { sequence: 1 } });
    expect((await live.next(RecordKind.deliver)).data).toEqual({ state: 'locked' });
    await woken.promise;
  });

  test('no plugin can append by itself, whatever it was granted [SEC-4]', async () => {
    await using bus = await createTestBus(transport, contracts);
    const { peer: journal } = await bus.attach('journal', [`serve ${APPEND}`]);
    const { peer: forger } = await bus.attach('forger', ['request journal.>', `request ${APPEND}`]);
    await journal.serve(APPEND);
    await forger.send({ kind: RecordKind.request, correlation: 1, topic: APPEND, data: { state: 'locked' } });
    expect((await forger.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_TOPIC_RESERVED' });
  });

  test('consuming needs a subscribe grant on the whole pattern, and ends with it [SEC-4]', async () => {
    await using bus = await createTestBus(transport, contracts);
    const { peer: journal } = await bus.attach('journal', [`serve ${CONSUME}`]);
    await journal.serve(CONSUME);
    const { peer, attachment } = await bus.attach('reader', [
      'subscribe vault.>',
      { verb: 'subscribe', topic: 'vault.state.secret.v1', effect: 'deny' },
    ]);
    const ask = (correlation: number, pattern: string) =>
      peer.send({
        kind: RecordKind.stream,
        correlation,
        sequence: 8,
        topic: CONSUME,
        data: { pattern, group: 'main' },
      });
    for (const pattern of ['vault.>', 'vault.state.*.v1', 'chat.message.created.v1', 'kernel.>']) {
      await ask(1, pattern);
      expect((await peer.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_PERMISSION_DENIED' });
    }
    await ask(2, EVENT);
    const asked = await journal.next(RecordKind.stream);
    attachment.setGrants([]);
    expect(await peer.next(RecordKind.error)).toMatchObject({
      correlation: 2,
      data: { code: 'KERNEL_PERMISSION_DENIED' },
    });
    expect((await journal.next(RecordKind.cancel)).correlation).toBe(asked.correlation);
  });
});
