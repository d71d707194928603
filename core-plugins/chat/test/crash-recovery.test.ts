import type { ChatMessage } from '@aico/sdk';
import { createTestKernel, serveStorage } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import { ConversationStore } from '../src/conversation-store.ts';
import { MessageStore } from '../src/message-store.ts';
import { KEEP_INTERVAL_MS, ReplyKeeper } from '../src/reply-keeper.ts';
import { createStamp } from '../src/stamp.ts';
import { interrupted } from '../src/turns.ts';
import { migrations } from './support/load-chat.ts';

test('ends a reply that a crash cut short, with what was kept of it [SVC-7]', async () => {
  await using kernel = await createTestKernel();
  await serveStorage(kernel);
  const topics = ['storage.sql.batch.v1', 'storage.sql.migrate.v1'];
  const { storage } = await kernel.peer({
    id: 'tester',
    permissions: topics.map((topic) => ({ verb: 'request', topic })),
  });
  await storage.migrate(migrations());
  const stamp = createStamp(Date.now);
  const conversation = (await new ConversationStore(storage, stamp).create({})).id;
  const messages = new MessageStore(storage);
  const replyTo = crypto.randomUUID();
  const reply: ChatMessage = {
    id: crypto.randomUUID(),
    conversation,
    role: 'companion',
    status: 'streaming',
    text: '',
    createdAt: stamp(),
    replyTo,
    remembered: [{ memory: crypto.randomUUID(), text: 'My cat is called Miso.', when: stamp() }],
  };
  await storage.batch([messages.inserted(reply)]);
  await messages.keepText(reply.id, 'Half');

  await new MessageStore(storage).endUnfinished(interrupted('chat'));
  expect(await messages.findReplyTo(replyTo)).toEqual({
    ...reply,
    text: 'Half',
    status: 'failed',
    error: interrupted('chat').toReport(),
  });
});

test('keeps a growing reply twice a second, the latest of it, one write at a time', async () => {
  const kept: string[] = [];
  let writing = 0;
  const timers: (() => Promise<void>)[] = [];
  const keeper = new ReplyKeeper({
    keepText: async (text) => {
      writing += 1;
      expect(writing).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      kept.push(text);
      writing -= 1;
    },
    setTimer: (milliseconds, handler) => {
      expect(milliseconds).toBe(KEEP_INTERVAL_MS);
      timers.push(handler);
      return async () => void timers.splice(timers.indexOf(handler), 1);
    },
    onFailure: (error) => {
      throw error;
    },
  });
  const fire = (): Promise<void> | undefined => timers.shift()?.();
  keeper.update('H');
  keeper.update('Ha');
  const first = fire();
  keeper.update('Hal');
  const second = fire();
  await Promise.all([first, second]);
  keeper.update('Half');
  await keeper.close();
  expect(kept).toEqual(['Ha', 'Hal']);
  expect(timers).toEqual([]);
  expect(KEEP_INTERVAL_MS).toBeLessThanOrEqual(500);
});
