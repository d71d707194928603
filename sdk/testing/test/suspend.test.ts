import type { Manifest } from '@aico/schemas';
import { definePlugin } from '@aico/sdk';
import { createTestKernel, serveJournal } from '@aico/sdk-testing';
import { expect, test } from 'vitest';

const CREATED = 'chat.message.created.v1';
const READER: Manifest = {
  id: 'reader',
  name: 'Reader',
  version: '1.0.0',
  description: 'Reads along.',
  author: 'Test',
  tier: 'isolated',
  main: 'index.js',
  engines: { aico: '>=0.1.0' },
  lifecycle: { suspendAfterSeconds: 1 },
  permissions: [
    { verb: 'subscribe', topic: CREATED, reason: 'to read along' },
    { verb: 'request', topic: 'journal.consume.v1', reason: 'to miss nothing' },
    { verb: 'request', topic: 'journal.settle.v1', reason: 'to miss nothing' },
  ],
};

function created(text: string) {
  const ids = { id: crypto.randomUUID(), conversation: '3f0c8a52-7c1e-4f0b-9d7e-2b6a5c4d3e21' };
  return {
    message: { ...ids, role: 'user', status: 'complete', text, createdAt: '2026-11-23T07:15:00.000Z' },
  } as const;
}

test('a durable event wakes the plugin that consumes it, once each and from where its group stood [PLG-8, BUS-6]', async () => {
  await using kernel = await createTestKernel();
  await serveJournal(kernel);
  const seen: string[] = [];
  const resumed: unknown[] = [];
  const definition = definePlugin({
    activate: async (ctx) => {
      await ctx.bus.consume(CREATED, { group: 'reader' }, ({ data }) => void seen.push(data.message.text));
    },
    suspend: () => seen.length,
    resume: (state) => void resumed.push(state),
  });
  await kernel.load({ manifest: READER, definition });
  const chat = await kernel.peer({ id: 'chat', permissions: [{ verb: 'publish', topic: CREATED }] });
  const state = () => kernel.changes.findLast(({ id }) => id === 'reader')?.to;
  await chat.bus.publish(CREATED, created('one'));
  await expect.poll(() => seen, { timeout: 10_000 }).toEqual(['one']);
  await expect.poll(state, { timeout: 10_000 }).toBe('suspended');
  await chat.bus.publish(CREATED, created('two'));
  await chat.bus.publish(CREATED, created('three'));
  await expect.poll(() => seen, { timeout: 10_000 }).toEqual(['one', 'two', 'three']);
  expect([state(), resumed]).toEqual(['active', [1]]);
});
