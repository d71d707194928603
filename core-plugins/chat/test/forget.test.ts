import type { ForgetOrder } from '@aico/sdk';
import { describe, expect, test } from 'vitest';
import { halting, loadChat, memoryOf, saying } from './support/load-chat.ts';
import { upload } from './support/upload.ts';

type Chat = Awaited<ReturnType<typeof loadChat>>;

const SINCE = '2026-01-01T00:00:00.000Z';

function find(chat: Chat, search: Parameters<typeof chat.bus.request<'plugin.chat.forget.find.v1'>>[1]) {
  return chat.bus.request('plugin.chat.forget.find.v1', search);
}

async function forget(chat: Chat, order: Partial<ForgetOrder>): Promise<Record<string, number>> {
  const all = { messages: [], conversations: [], memories: [], titles: [], others: [], since: SINCE, ...order };
  const { kinds } = await chat.bus.request('plugin.chat.forget.run.v1', all);
  return Object.fromEntries(kinds.map(({ kind, removed }) => [kind, removed]));
}

describe('forgetting in conversations', () => {
  test('takes a message and its answer, counts anew, and takes the title from what is left [DATA-7]', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    await chat.say(conversation, 'My secret is a blue heron.');
    await chat.say(conversation, 'And the weather?');
    const [secret, answer] = await chat.messages(conversation);
    const { items } = await find(chat, { messages: [secret?.id ?? ''] });
    expect(items.map(({ kind, id, author }) => [kind, id, author])).toEqual([
      ['message', secret?.id, 'user'],
      ['message', answer?.id, 'companion'],
    ]);
    expect(await forget(chat, { messages: items.map(({ id }) => id) })).toMatchObject({ message: 2, conversation: 0 });
    expect((await chat.messages(conversation)).map(({ text }) => text)).toEqual(['And the weather?', 'Hello you']);
    const { id } = conversation;
    expect(await chat.bus.request('chat.conversation.get.v1', { id })).toMatchObject({
      title: 'And the weather?',
      messages: 2,
    });
    await expect.poll(() => chat.changed.at(-1)).toMatchObject({ change: 'forgotten', conversation: { messages: 2 } });
    // Asked again, it does no harm.
    expect(await forget(chat, { messages: items.map(({ id: each }) => each) })).toMatchObject({ message: 0 });
  });

  test('takes a conversation with everything in it, also one that was deleted, while a reply is being written [DATA-7]', async () => {
    const { model } = halting('I think');
    await using chat = await loadChat(model);
    const [running, deleted] = [await chat.create(), await chat.create()];
    const turn = chat.say(running, 'Think of a heron.');
    await expect.poll(() => chat.prompts.length).toBe(1);
    await chat.bus.request('chat.conversation.delete.v1', { id: deleted.id });
    const conversations = [running.id, deleted.id];
    expect((await find(chat, { conversations })).items.map(({ kind }) => kind)).toEqual([
      'conversation',
      'conversation',
    ]);
    expect(await forget(chat, { conversations })).toMatchObject({ message: 2, conversation: 2 });
    expect((await turn).reply.status).toBe('stopped');
    expect(await chat.bus.request('chat.conversation.list.v1', {})).toEqual({ conversations: [] });
    expect((await find(chat, { names: ['heron'] })).items).toEqual([]);
    await expect.poll(() => chat.changed.at(-1)).toMatchObject({ change: 'deleted' });
  });

  test('what goes for its age stops no reply that is being written in the same conversation [DATA-7]', async () => {
    const { model, goOn } = halting('I think');
    await using chat = await loadChat();
    const conversation = await chat.create();
    await chat.say(conversation, 'An old heron.');
    const old = await chat.messages(conversation);
    await chat.answerBy(model);
    const turn = chat.say(conversation, 'Think of an egret.');
    await expect.poll(() => chat.prompts.length).toBe(2);
    const order = { messages: old.map(({ id }) => id), before: new Date().toISOString() };
    expect(await forget(chat, order)).toMatchObject({ message: 2, conversation: 0 });
    goOn();
    expect((await turn).reply).toMatchObject({ status: 'complete', text: 'I think and more' });
    expect((await chat.messages(conversation)).map(({ text }) => text)).toEqual([
      'Think of an egret.',
      'I think and more',
    ]);
  });

  test('finds the replies that had a memory at hand, and takes its words out of those that stay [DATA-7]', async () => {
    await using chat = await loadChat();
    const hit = memoryOf('The heron is blue.');
    await chat.remember(() => [hit]);
    const conversation = await chat.create();
    const { reply } = await chat.say(conversation, 'What do you know?');
    const memories = [hit.memory.id];
    expect((await find(chat, { memories })).items.map(({ id }) => id)).toEqual([reply.id]);
    expect(await forget(chat, { memories })).toMatchObject({ message: 0, quote: 1 });
    expect(JSON.stringify(await chat.messages(conversation))).not.toContain('heron');
  });

  test('finds whoever is mentioned, in whatever case and form, and titles that name them [DATA-7]', async () => {
    await using chat = await loadChat(saying('Say hello to Zoé!'));
    const conversation = await chat.create();
    await chat.say(conversation, 'I met ZOE today.');
    await chat.say(conversation, "Zoe's dog barks.");
    await chat.answerBy(saying('Good.'));
    await chat.say(conversation, 'The zoetrope turns.');
    const { items } = await find(chat, { names: ['Zoé'] });
    expect(items.map(({ kind, text }) => [kind, text])).toEqual([
      ['title', 'I met ZOE today.'],
      ['message', 'I met ZOE today.'],
      ['message', 'Say hello to Zoé!'],
      ['message', "Zoe's dog barks."],
      ['message', 'Say hello to Zoé!'],
    ]);
    const titles = [conversation.id];
    const messages = items.flatMap(({ kind, id }) => (kind === 'message' ? [id] : []));
    expect(await forget(chat, { titles, messages })).toMatchObject({ message: 4, title: 1 });
    expect((await find(chat, { names: ['Zoé'] })).items).toEqual([]);
    expect(await chat.bus.request('chat.conversation.get.v1', { id: conversation.id })).toMatchObject({
      title: 'The zoetrope turns.',
      messages: 2,
    });
  });

  test('finds whoever is named by a file alone, and takes the file with its message [DATA-7]', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    const file = await upload(chat, Buffer.from('We agree.'), 'contract_Zoé.txt', 'text/plain');
    await chat.say(conversation, 'Keep this.', { attachments: [file] });
    const [said] = await chat.messages(conversation);
    const { items } = await find(chat, { names: ['zoe'] });
    expect(items.map(({ kind, id }) => [kind, id])).toEqual([['message', said?.id]]);
    expect(await forget(chat, { messages: [said?.id ?? ''] })).toMatchObject({ message: 1, file: 1 });
  });

  test('finds what was said in a period; a conversation in which nothing is left goes, too [DATA-7]', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    await chat.say(conversation, 'One');
    const [first, last] = await chat.messages(conversation);
    const none = await find(chat, { from: SINCE, to: first?.createdAt ?? '' });
    expect(none.items).toEqual([]);
    const { items } = await find(chat, { from: first?.createdAt ?? '', to: '2999-01-01T00:00:00.000Z' });
    expect(items.map(({ id }) => id)).toEqual([first?.id, last?.id]);
    expect(await forget(chat, { messages: items.map(({ id }) => id) })).toMatchObject({ message: 2, conversation: 1 });
    expect(await chat.bus.request('chat.conversation.list.v1', {})).toEqual({ conversations: [] });
  });
});
