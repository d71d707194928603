import { type Grant, RecordKind } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { createTestBus, grantOf } from './test-bus.ts';

const STATE = 'vault.state.changed.v1';
const ROLL = 'plugin.dice.command.run.v1';
const EXPORT = 'net.egress.export.v1';
const RUN = {
  name: 'roll',
  arguments: '2d6',
  conversation: '00000000-0000-4000-8000-000000000000',
  time: '2026-01-01T00:00:00Z',
};

describe.each(['memory', 'zeromq'] as const)('the bus over %s', (transport) => {
  test('delivers an event to every matching subscriber, stamped with its sender [BUS-1, BUS-3, BUS-4]', async () => {
    await using bus = await createTestBus(transport);
    const { peer: vault } = await bus.attach('vault', [`publish ${STATE}`]);
    const { peer: one } = await bus.attach('one', ['subscribe vault.>']);
    const { peer: two } = await bus.attach('two', [`subscribe ${STATE}`]);
    await one.subscribe('vault.state.*.v1');
    await two.subscribe(STATE);
    await vault.send({ kind: RecordKind.publish, correlation: 7, topic: STATE, data: { state: 'locked' } });
    expect((await vault.next(RecordKind.confirm)).correlation).toBe(7);
    for (const peer of [one, two]) {
      expect(await peer.next(RecordKind.deliver)).toMatchObject({
        topic: STATE,
        header: { sender: 'vault', incarnation: 'vault-1' },
        data: { state: 'locked' },
      });
    }
  });

  test('carries a request to its server and the answer back to its asker alone [BUS-4]', async () => {
    await using bus = await createTestBus(transport);
    const { peer: dice } = await bus.attach('dice', [`serve ${ROLL}`]);
    const { peer: chat } = await bus.attach('chat', ['request plugin.*.command.run.v1']);
    await dice.serve(ROLL);
    await chat.send({ kind: RecordKind.request, correlation: 41, topic: ROLL, data: RUN });
    const asked = await dice.next(RecordKind.request);
    expect(asked).toMatchObject({ header: { sender: 'chat' }, data: RUN });
    await dice.send({ kind: RecordKind.reply, correlation: asked.correlation, topic: ROLL, data: { text: '7' } });
    expect(await chat.next(RecordKind.reply)).toMatchObject({ correlation: 41, data: { text: '7' } });
  });

  test('streams no further than the reader gave credit [BUS-6]', async () => {
    await using bus = await createTestBus(transport);
    const { peer: network } = await bus.attach('network', [`serve ${EXPORT}`]);
    const { peer: owner } = await bus.attach('owner', [`request ${EXPORT}`]);
    await network.serve(EXPORT);
    const data = { format: 'csv' };
    await owner.send({ kind: RecordKind.stream, correlation: 1, sequence: 1, topic: EXPORT, data });
    const { correlation, header } = await network.next(RecordKind.stream);
    expect(header.credit).toBe(1);
    const chunk = { kind: RecordKind.chunk, correlation, topic: EXPORT, data: { text: 'Hi' } };
    await network.send(chunk);
    expect(await owner.next(RecordKind.chunk)).toMatchObject({ correlation: 1, data: { text: 'Hi' } });
    await owner.send({ kind: RecordKind.credit, correlation: 1, sequence: 1, topic: EXPORT });
    expect((await network.next(RecordKind.credit)).sequence).toBe(1);
    await network.send(chunk, chunk);
    await owner.next(RecordKind.chunk);
    expect((await owner.next(RecordKind.error)).data).toMatchObject({
      code: 'KERNEL_STREAM_CREDIT',
      subject: 'network',
    });
    expect((await network.next(RecordKind.cancel)).correlation).toBe(correlation);
  });

  test('tells the asker when its server goes away, and the server when its asker does [BUS-6]', async () => {
    await using bus = await createTestBus(transport);
    const dice = await bus.attach('dice', [`serve ${ROLL}`]);
    const chat = await bus.attach('chat', ['request plugin.*.command.run.v1']);
    await dice.peer.serve(ROLL);
    await chat.peer.send({ kind: RecordKind.request, correlation: 1, topic: ROLL, data: RUN });
    await dice.peer.next(RecordKind.request);
    dice.attachment.detach();
    expect((await chat.peer.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_SERVER_GONE' });
    const again = await bus.attach('dice', [`serve ${ROLL}`]);
    await again.peer.serve(ROLL);
    await chat.peer.send({ kind: RecordKind.request, correlation: 2, topic: ROLL, data: RUN });
    const asked = await again.peer.next(RecordKind.request);
    chat.attachment.detach();
    expect((await again.peer.next(RecordKind.cancel)).correlation).toBe(asked.correlation);
  });

  test('puts a changed grant in force on live subscriptions and on what waits [SEC-4]', async () => {
    await using bus = await createTestBus(transport);
    const { peer: vault } = await bus.attach('vault', [`publish ${STATE}`]);
    const { peer: one, attachment } = await bus.attach('one', ['subscribe vault.>']);
    await one.subscribe('vault.>');
    attachment.setGrants([]);
    await vault.send({ kind: RecordKind.publish, correlation: 1, topic: STATE, data: { state: 'locked' } });
    await vault.next(RecordKind.confirm);
    await one.send({ kind: RecordKind.subscribe, correlation: 2, topic: 'vault.>' });
    expect((await one.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_PERMISSION_DENIED' });
    expect(one.seen(RecordKind.deliver)).toEqual([]);
  });

  test('ends what is under way when its grant is taken back, and tells whoever answers and whoever asked [SEC-4, PLG-2]', async () => {
    await using bus = await createTestBus(transport);
    const { peer: network } = await bus.attach('network', [`serve ${EXPORT}`]);
    const { peer: owner, attachment } = await bus.attach('owner', [
      `request ${EXPORT}`,
      'request plugin.*.command.run.v1',
    ]);
    await network.serve(EXPORT);
    await owner.send({ kind: RecordKind.stream, correlation: 1, sequence: 8, topic: EXPORT, data: { format: 'csv' } });
    const { correlation } = await network.next(RecordKind.stream);
    attachment.setGrants([{ verb: 'request', topic: EXPORT, effect: 'allow' }]);
    const chunk = { kind: RecordKind.chunk, correlation, topic: EXPORT, data: { text: 'Hi' } };
    await network.send(chunk);
    expect(await owner.next(RecordKind.chunk)).toMatchObject({ correlation: 1 });
    attachment.setGrants([]);
    expect((await network.next(RecordKind.cancel)).correlation).toBe(correlation);
    const refused = await owner.next(RecordKind.error);
    expect([refused.correlation, refused.data]).toMatchObject([1, { code: 'KERNEL_PERMISSION_DENIED' }]);
    await network.send(chunk);
    for (const peer of [network, owner]) {
      await peer.send({ kind: RecordKind.subscribe, correlation: 9, topic: 'vault.>' });
      expect((await peer.next(RecordKind.error)).correlation).toBe(9);
    }
    expect(owner.seen(RecordKind.chunk)).toEqual([]);
  });

  test('ends what was asked under a grant that is narrowed, and nothing when it is widened or another is [SEC-4, SEC-8]', async () => {
    await using bus = await createTestBus(transport);
    const { peer: network } = await bus.attach('network', [`serve ${EXPORT}`]);
    const of = (...hosts: string[]): Grant => ({
      ...grantOf(`request ${EXPORT}`),
      constraints: { hosts, anyPort: true },
    });
    const { peer: owner, attachment } = await bus.attach('owner', [of('a.org', 'b.org')]);
    await network.serve(EXPORT);
    await owner.send({ kind: RecordKind.stream, correlation: 1, sequence: 8, topic: EXPORT, data: { format: 'csv' } });
    const { correlation } = await network.next(RecordKind.stream);
    attachment.setGrants([of('c.org', 'b.org', 'a.org'), grantOf('subscribe vault.>')]);
    await network.send({ kind: RecordKind.chunk, correlation, topic: EXPORT, data: { text: 'Hi' } });
    await owner.next(RecordKind.chunk);
    attachment.setGrants([of('a.org')]);
    expect((await network.next(RecordKind.cancel)).correlation).toBe(correlation);
    expect((await owner.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_PERMISSION_DENIED' });
  });

  test('ends what is answered when the grant to answer is taken back [SEC-4, SEC-8]', async () => {
    await using bus = await createTestBus(transport);
    const { peer: dice, attachment } = await bus.attach('dice', [`serve ${EXPORT}`]);
    const { peer: owner } = await bus.attach('owner', [`request ${EXPORT}`]);
    await dice.serve(EXPORT);
    await owner.send({ kind: RecordKind.stream, correlation: 1, sequence: 8, topic: EXPORT, data: { format: 'csv' } });
    const { correlation } = await dice.next(RecordKind.stream);
    attachment.setGrants([]);
    expect((await dice.next(RecordKind.cancel)).correlation).toBe(correlation);
    expect((await owner.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_SERVER_GONE' });
    await dice.send({ kind: RecordKind.chunk, correlation, topic: EXPORT, data: { text: 'Hi' } });
    await owner.send({ kind: RecordKind.subscribe, correlation: 9, topic: 'vault.>' });
    expect((await owner.next(RecordKind.error)).correlation).toBe(9);
    expect(owner.seen(RecordKind.chunk)).toEqual([]);
  });

  test('drops the oldest events of a subscriber that does not consume, and counts the gap [BUS-6]', async () => {
    await using bus = await createTestBus(transport);
    const { peer: vault } = await bus.attach('vault', [`publish ${STATE}`]);
    const slow = await bus.attach('slow', ['subscribe vault.>'], { queueMessages: 16 });
    const { peer: watcher } = await bus.attach('watcher', ['subscribe kernel.gap.raised.v1']);
    await slow.peer.subscribe('vault.>');
    await watcher.subscribe('kernel.gap.raised.v1');
    const event = { kind: RecordKind.publish, topic: STATE, data: { state: 'locked' } };
    for (let sent = 0; sent < 20_000; sent += 500) {
      await vault.send(...Array.from({ length: 500 }, (_, at) => ({ ...event, correlation: sent + at + 1 })));
      await vault.next(RecordKind.confirm);
    }
    const gap = await watcher.next(RecordKind.deliver);
    expect(gap.data).toMatchObject({ subscriber: 'slow', topic: STATE });
    expect(slow.attachment.traffic.dropped).toBe(20_000 - 16_384 - 16);
    expect((gap.data as { dropped: number }).dropped).toBe(slow.attachment.traffic.dropped);
  });

  test('reads no more of a sender for a while after a few that it had to refuse, and all of others [PLG-3]', async () => {
    await using bus = await createTestBus(transport);
    const { peer: hostile } = await bus.attach('hostile', [], { messagesPerSecond: 100 });
    const { peer: vault } = await bus.attach('vault', [`publish ${STATE}`]);
    const bad = { kind: RecordKind.publish, topic: 'Not..A topic', data: {} };
    await hostile.send(...Array.from({ length: 500 }, (_, at) => ({ ...bad, correlation: at + 1 })));
    const sent = performance.now();
    await hostile.send({ ...bad, correlation: 501 });
    await vault.send({ kind: RecordKind.publish, correlation: 1, topic: STATE, data: { state: 'locked' } });
    await vault.next(RecordKind.confirm);
    const others = performance.now() - sent;
    const taken: number[] = [];
    while (taken.at(-1) !== 501) taken.push((await hostile.next(RecordKind.confirm)).correlation);
    expect(taken[0]).toBeLessThan(100);
    expect(taken).toEqual(taken.toSorted((a, b) => a - b));
    expect([others < 500, performance.now() - sent > 900]).toEqual([true, true]);
  });
});
