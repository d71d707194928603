import { describe, expect, test, vi } from 'vitest';
import { loadChat, saying } from './support/load-chat.ts';

describe('conversations', () => {
  test('take their title from the first thing that was said, until they are named', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    expect(conversation).toMatchObject({ title: 'New conversation', messages: 0 });
    await chat.say(conversation, 'Can you tell me something about the herons that stand by the lake?');
    await chat.say(conversation, 'And the geese?');
    const { id } = conversation;
    const get = () => chat.bus.request('chat.conversation.get.v1', { id });
    expect(await get()).toMatchObject({
      title: 'Can you tell me something about the herons that stand by…',
      messages: 4,
    });
    await chat.bus.request('chat.conversation.rename.v1', { id, title: 'Birds' });
    await chat.say(conversation, 'And ducks?');
    expect((await get()).title).toBe('Birds');
  });

  test('begun twice with one id are one, and stay as they are', async () => {
    await using chat = await loadChat();
    const id = crypto.randomUUID();
    const begin = (title?: string) =>
      chat.bus.request('chat.conversation.create.v1', { id, ...(title !== undefined && { title }) });
    const conversation = await begin();
    expect(conversation).toMatchObject({ id, title: 'New conversation', messages: 0 });
    await chat.say(conversation, 'Hello');
    expect(await begin('Another')).toMatchObject({ id, title: 'Hello', messages: 2 });
    await chat.bus.request('chat.conversation.delete.v1', { id });
    await expect(begin()).rejects.toMatchObject({ code: 'CHAT_CONVERSATION_UNKNOWN' });
  });

  test('are listed with the latest first, page by page', async () => {
    await using chat = await loadChat();
    const made = [await chat.create(), await chat.create(), await chat.create()];
    await chat.say(made[0]!, 'Hello');
    const first = await chat.bus.request('chat.conversation.list.v1', { limit: 2 });
    expect(first.conversations.map(({ id }) => id)).toEqual([made[0]?.id, made[2]?.id]);
    const second = await chat.bus.request('chat.conversation.list.v1', { limit: 2, before: first.next! });
    expect(second).toEqual({ conversations: [made[1]] });
  });

  test('that changed at one moment, as imported ones may, are listed once each wherever a page ends', async () => {
    await using chat = await loadChat();
    const time = '2026-01-02T03:04:05.678Z';
    const records = Array.from({ length: 7 }, (_, at) => {
      return { id: crypto.randomUUID(), title: `Trip ${at}`, named: true, createdAt: time, updatedAt: time };
    });
    await chat.bus.request('plugin.chat.export.add.v1', { kind: 'conversations', records, dry: false });
    const list = (from: { limit?: number; before?: string }) => chat.bus.request('chat.conversation.list.v1', from);
    const all = (await list({})).conversations.map(({ id }) => id);
    expect(new Set(all)).toEqual(new Set(records.map(({ id }) => id)));
    for (let limit = 1; limit < all.length; limit += 1) {
      const seen: string[] = [];
      for (let page = await list({ limit }); ; page = await list({ limit, before: page.next })) {
        seen.push(...page.conversations.map(({ id }) => id));
        if (page.next === undefined) break;
      }
      expect(seen).toEqual(all);
    }
    expect(await list({ before: time })).toEqual({ conversations: [] });
  });

  test('can be deleted and brought back until the next start, and not after it', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    await chat.say(conversation, 'Hello');
    const { id } = conversation;
    await chat.bus.request('chat.conversation.delete.v1', { id });
    const gone = { code: 'CHAT_CONVERSATION_UNKNOWN' };
    await expect(chat.bus.request('chat.conversation.get.v1', { id })).rejects.toMatchObject(gone);
    await expect(chat.messages(conversation)).rejects.toMatchObject(gone);
    await expect(chat.say(conversation, 'Hello?')).rejects.toMatchObject(gone);
    expect(await chat.bus.request('chat.conversation.list.v1', {})).toEqual({ conversations: [] });
    expect(await chat.bus.request('chat.message.list.v1', {})).toEqual({ messages: [] });
    expect(await chat.bus.request('chat.conversation.restore.v1', { id })).toMatchObject({
      id,
      title: 'Hello',
      messages: 2,
    });
    expect(await chat.messages(conversation)).toHaveLength(2);
    await chat.bus.request('chat.conversation.delete.v1', { id });
    await chat.restart();
    await expect(chat.bus.request('chat.conversation.restore.v1', { id })).rejects.toMatchObject(gone);
  });

  test('survive a restart with everything that was said [SVC-7]', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    await chat.say(conversation, 'Hello');
    const before = await chat.messages(conversation);
    await chat.restart();
    expect(await chat.messages(conversation)).toEqual(before);
  });

  test('tell every open window what happened to them', async () => {
    await using chat = await loadChat();
    const { id } = await chat.create();
    await chat.bus.request('chat.conversation.rename.v1', { id, title: 'Birds' });
    await chat.bus.request('chat.conversation.delete.v1', { id });
    await chat.bus.request('chat.conversation.restore.v1', { id });
    await vi.waitFor(() =>
      expect(chat.changed.map(({ change, conversation }) => [change, conversation.title])).toEqual([
        ['created', 'New conversation'],
        ['updated', 'Birds'],
        ['deleted', 'Birds'],
        ['updated', 'Birds'],
      ]),
    );
  });
});

describe('the messages of a conversation', () => {
  test('come newest first by page, oldest first on the page, in both directions', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    for (const text of ['1', '2', '3']) await chat.say(conversation, text);
    const list = (rest: object) =>
      chat.bus.request('chat.message.list.v1', { conversation: conversation.id, limit: 4, ...rest });
    const texts = ({ messages }: { messages: { text: string }[] }) => messages.map(({ text }) => text);
    const newest = await list({});
    expect(texts(newest)).toEqual(['2', 'Hello you', '3', 'Hello you']);
    const older = await list({ before: newest.previous });
    expect(texts(older)).toEqual(['1', 'Hello you']);
    expect(older).not.toHaveProperty('previous');
    expect(texts(await list({ after: older.next, limit: 1 }))).toEqual(['2']);
    expect(await list({ after: newest.next })).toEqual({ messages: [] });
  });

  test('come in smaller pages when they are long', async () => {
    await using chat = await loadChat(saying(...Array.from({ length: 25 }, () => 'x'.repeat(10_000))));
    const conversation = await chat.create();
    for (const text of ['1', '2', '3']) await chat.say(conversation, text);
    const list = (rest: object) => chat.bus.request('chat.message.list.v1', { conversation: conversation.id, ...rest });
    const lengths = ({ messages }: { messages: { text: string }[] }) => messages.map(({ text }) => text.length);
    const newest = await list({});
    expect(lengths(newest)).toEqual([1, 250_000]);
    const older = await list({ before: newest.previous });
    expect(lengths(older)).toEqual([1, 250_000]);
    expect(lengths(await list({ after: '0' }))).toEqual([1, 250_000, 1]);
  });

  test('can be read of all conversations at once, in the order in which they came', async () => {
    await using chat = await loadChat();
    const [one, other] = [await chat.create(), await chat.create()];
    await chat.say(one, '1');
    await chat.say(other, '2');
    await chat.say(one, '3');
    const { messages } = await chat.bus.request('chat.message.list.v1', { after: '0', limit: 500 });
    expect(messages.filter(({ role }) => role === 'user').map(({ text }) => text)).toEqual(['1', '2', '3']);
  });

  test('are not read from a cursor that is none', async () => {
    await using chat = await loadChat();
    await expect(chat.bus.request('chat.message.list.v1', { after: '1; drop table message' })).rejects.toMatchObject({
      code: 'CHAT_CURSOR_INVALID',
    });
  });
});
