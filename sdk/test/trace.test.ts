import type { Message, Traced } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';

const ROLL = 'plugin.dice.command.run.v1';
const RECALL = 'memory.recall.v1';
const STATUS_CHANGED = 'llm.status.changed.v1';
const RUN = {
  name: 'roll',
  arguments: 'd6',
  conversation: '00000000-0000-4000-8000-000000000000',
  time: '2026-01-01T00:00:00Z',
};
const STATUS = {
  selected: { provider: 'test', kind: 'scripted' as const, model: 'test' },
  connected: true,
  providers: [],
};
const TRACE: Traced = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

const idsOf = ({ traceparent = '' }: Traced): { trace: string | undefined; span: string | undefined } => {
  const [, trace, span] = traceparent.split('-');
  return { trace, span };
};

test('a handler that passes its message on keeps the trace, with a span for each hop [OBS-3]', async () => {
  await using kernel = await createTestKernel();
  const asker = await kernel.peer({ id: 'asker', permissions: [{ verb: 'request', topic: 'plugin.>' }] });
  const dice = await kernel.peer({
    id: 'dice',
    permissions: [
      { verb: 'serve', topic: ROLL },
      { verb: 'request', topic: RECALL },
      { verb: 'publish', topic: STATUS_CHANGED },
    ],
  });
  const last = await kernel.peer({
    id: 'last',
    permissions: [
      { verb: 'serve', topic: RECALL },
      { verb: 'subscribe', topic: STATUS_CHANGED },
    ],
  });
  const hops: Message<unknown>[] = [];
  await last.bus.serve(RECALL, (request) => {
    hops.push(request);
    return { hits: [] };
  });
  await last.bus.subscribe(STATUS_CHANGED, (message) => void hops.push(message));
  await dice.bus.serve(ROLL, async (request) => {
    hops.push(request);
    await dice.bus.request(RECALL, { text: 'tea' }, { trace: request });
    await dice.bus.publish(STATUS_CHANGED, STATUS, { trace: request });
    return { text: '6' };
  });
  await asker.bus.request(ROLL, RUN, { trace: TRACE });
  await expect.poll(() => hops.length).toBe(3);
  const spans = hops.map(idsOf);
  expect(spans.map(({ trace }) => trace)).toEqual(Array(3).fill(idsOf(TRACE).trace));
  expect(new Set([...spans, idsOf(TRACE)].map(({ span }) => span)).size).toBe(4);
});

test('a message that belongs to no trace says nothing of one [OBS-3]', async () => {
  await using kernel = await createTestKernel();
  const asker = await kernel.peer({ id: 'asker', permissions: [{ verb: 'request', topic: RECALL }] });
  const memory = await kernel.peer({ id: 'memory', permissions: [{ verb: 'serve', topic: RECALL }] });
  let seen: Message<unknown> | undefined;
  await memory.bus.serve(RECALL, (request) => {
    seen = request;
    return { hits: [] };
  });
  await asker.bus.request(RECALL, { text: 'tea' }, { trace: {} });
  expect(seen && 'traceparent' in seen).toBe(false);
});

test('a trace of the wrong form is an error of who sent it [OBS-3]', async () => {
  await using kernel = await createTestKernel();
  const asker = await kernel.peer({ id: 'asker', permissions: [{ verb: 'request', topic: RECALL }] });
  const asked = asker.bus.request(RECALL, { text: 'tea' }, { trace: { traceparent: 'mine' } });
  await expect(asked).rejects.toMatchObject({ code: 'KERNEL_TRACE_MALFORMED', subject: 'asker' });
});
