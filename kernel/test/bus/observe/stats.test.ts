import { type BusStats, RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { createTestBus } from '../test-bus.ts';

const EVENT = 'kernel.gap.raised.v1';
const CHANGED = 'vault.state.changed.v1';
const ROLL = 'plugin.dice.command.run.v1';
const RUN = {
  name: 'roll',
  arguments: '2d6',
  conversation: '6f1c2b34-1a2b-4c3d-8e4f-5a6b7c8d9e0f',
  time: '2026-11-23T08:00:00.000Z',
};
const data = { state: 'locked' };
const bytes = JSON.stringify(data).length;

const flowsOf = ({ flows }: BusStats): string[] =>
  flows
    .map(({ verb, sender, topic, receiver, messages }) => `${sender} ${verb} ${topic} ${receiver} ${messages}`)
    .sort();

test('counts who says how much to whom [OBS-2]', async () => {
  await using bus = await createTestBus('memory');
  const chat = await bus.attach('chat', [`publish ${CHANGED}`]);
  const early = await bus.attach('early', [`subscribe ${CHANGED}`]);
  const late = await bus.attach('late', ['subscribe vault.>']);
  await early.peer.subscribe(CHANGED);
  await chat.peer.send({ kind: RecordKind.publish, correlation: 1, topic: CHANGED, data });
  await early.peer.next(RecordKind.deliver);
  await late.peer.subscribe('vault.>');
  await chat.peer.send({ kind: RecordKind.publish, correlation: 2, topic: CHANGED, data });
  await late.peer.next(RecordKind.deliver);

  const stats = bus.broker.stats();
  expect(flowsOf(stats)).toEqual([`chat publish ${CHANGED} early 2`, `chat publish ${CHANGED} late 1`]);
  expect(stats.topics.find(({ topic }) => topic === CHANGED)).toEqual({
    topic: CHANGED,
    kind: 'event',
    messages: 2,
    bytes: 2 * bytes,
    answers: 0,
    answerBytes: 0,
    refused: 0,
    dropped: 0,
    subscribers: 2,
  });
  expect(stats.plugins.find(({ id }) => id === 'early')).toEqual({
    id: 'early',
    connected: true,
    sent: 0,
    sentBytes: 0,
    received: 2,
    receivedBytes: 2 * bytes,
    refused: 0,
    dropped: 0,
    queued: 0,
    openRequests: 0,
  });
});

test('measures how long a server takes to answer, and who serves [OBS-2]', async () => {
  await using bus = await createTestBus('memory');
  const chat = await bus.attach('chat', [`request ${ROLL}`]);
  const dice = await bus.attach('dice', [`serve ${ROLL}`]);
  await dice.peer.serve(ROLL);
  await chat.peer.send({ kind: RecordKind.request, correlation: 1, topic: ROLL, data: RUN });
  const asked = await dice.peer.next(RecordKind.request);
  expect(bus.broker.stats().plugins.find(({ id }) => id === 'chat')?.openRequests).toBe(1);
  const { correlation, topic } = asked;
  await dice.peer.send({ kind: RecordKind.reply, correlation, topic, data: { text: '7' } });
  await chat.peer.next(RecordKind.reply);

  const stats = bus.broker.stats();
  const roll = stats.topics.find((each) => each.topic === ROLL);
  expect(roll).toMatchObject({ messages: 1, answers: 1, server: 'dice', latency: { count: 1 } });
  expect(roll?.latency?.p99Ms).toBeGreaterThan(0);
  expect(flowsOf(stats)).toEqual([`chat request ${ROLL} dice 1`, `dice answer ${ROLL} chat 1`]);
});

test('counts what was refused for its sender and its topic [OBS-2, SEC-4]', async () => {
  await using bus = await createTestBus('memory');
  const dice = await bus.attach('dice', []);
  await dice.peer.send({ kind: RecordKind.publish, correlation: 1, topic: CHANGED, data });
  await dice.peer.next(RecordKind.error);
  await dice.peer.send({ kind: RecordKind.publish, correlation: 2, topic: 'not a topic', data });
  await dice.peer.next(RecordKind.error);

  const { topics, plugins } = bus.broker.stats();
  expect(plugins.find(({ id }) => id === 'dice')?.refused).toBe(2);
  expect(topics.filter(({ refused }) => refused > 0).map(({ topic }) => topic)).toEqual([CHANGED]);
});

test('keeps the counts of a plugin that left, and says that it did [OBS-2]', async () => {
  await using bus = await createTestBus('memory');
  const chat = await bus.attach('chat', [`publish ${CHANGED}`]);
  await chat.peer.send({ kind: RecordKind.publish, correlation: 1, topic: CHANGED, data });
  await chat.peer.next(RecordKind.confirm);
  chat.attachment.detach();
  const left = bus.broker.stats().plugins.find(({ id }) => id === 'chat');
  expect(left).toMatchObject({ connected: false, sent: 1, sentBytes: bytes });
});

test('is a valid answer of the kernel when every counter holds something [OBS-2]', async () => {
  await using bus = await createTestBus('memory');
  const slow = await bus.attach('slow', [`subscribe ${EVENT}`]);
  await slow.peer.subscribe(EVENT);
  bus.broker.publishLocal(EVENT, { subscriber: 'slow', topic: CHANGED, dropped: 1 });
  const { validators } = await import('@aico/schemas');
  expect(validators['control#BusStats'](bus.broker.stats())).toBe(true);
});
