import { expect, test, vi } from 'vitest';
import { loadChat } from './support/load-chat.ts';

const ADD = { verb: 'request', topic: 'chat.message.add.v1' } as const;

test('a plugin writes into a conversation later, in its own name, and every window hears of it [PLG-2]', async () => {
  await using chat = await loadChat();
  const conversation = await chat.create();
  await chat.say(conversation, 'Hello');
  const { bus } = await chat.kernel.peer({ id: 'tea', permissions: [ADD] });
  const { message } = await bus.request('chat.message.add.v1', { conversation: conversation.id, text: '**Tea**' });
  expect(message).toMatchObject({ role: 'plugin', plugin: 'tea', status: 'complete', text: '**Tea**' });
  expect((await chat.messages(conversation)).at(-1)).toEqual(message);
  await vi.waitFor(() => expect(chat.created.at(-1)).toEqual(message));
  await vi.waitFor(() =>
    expect(chat.changed.at(-1)).toMatchObject({ change: 'updated', conversation: { messages: 3 } }),
  );
  // The companion is asked about what was said to it, and not about that.
  await chat.say(conversation, 'Go on');
  expect(JSON.stringify(chat.prompts.at(-1))).not.toContain('Tea');
});

test('it cannot write where there is no conversation, nor without the permission [PLG-2]', async () => {
  await using chat = await loadChat();
  const conversation = await chat.create();
  const { bus } = await chat.kernel.peer({ id: 'tea', permissions: [ADD] });
  const add = (id: string) => bus.request('chat.message.add.v1', { conversation: id, text: 'Tea' });
  await expect(add(crypto.randomUUID())).rejects.toMatchObject({ code: 'CHAT_CONVERSATION_UNKNOWN' });
  await chat.bus.request('chat.conversation.delete.v1', { id: conversation.id });
  await expect(add(conversation.id)).rejects.toMatchObject({ code: 'CHAT_CONVERSATION_UNKNOWN' });
  const stranger = await chat.kernel.peer({ id: 'stranger', permissions: [] });
  await expect(
    stranger.bus.request('chat.message.add.v1', { conversation: conversation.id, text: 'Tea' }),
  ).rejects.toMatchObject({ code: 'KERNEL_PERMISSION_DENIED' });
});
