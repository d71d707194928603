import type { ChatMessage, TurnChunk } from '@aico/sdk';
import { expect, test } from 'vitest';
import { ApiError, daemonAway } from '../../ui/src/api/api-error.ts';
import type { Bus } from '../../ui/src/api/bus.ts';
import { Talk } from '../../ui/src/talk/talk.svelte.ts';
import type { ThreadState } from '../../ui/src/talk/thread-state.svelte.ts';
import { usePlainState } from '../support/plain-state.ts';

usePlainState();

/** AICO as it is for a page: there or away, and with an answer to the wish to create a conversation. */
class Aico {
  online = true;
  refusal: Error | undefined;
  /** Replies wait for it. */
  held: Promise<void> | undefined;
  /** Tells the page of the turn under way. */
  tell: (chunk: TurnChunk) => void = () => {};
  readonly asked: unknown[][] = [];
  readonly talk: Talk;

  constructor() {
    const listener = { replyBegan: () => {}, replyEnded: () => {} };
    this.talk = new Talk(this as unknown as Bus, () => this.online, listener);
  }

  subscribe(): () => void {
    return () => {};
  }

  async request(topic: string, { id }: { readonly id?: string }): Promise<unknown> {
    if (topic === 'chat.conversation.list.v1') return { conversations: [] };
    this.asked.push([topic, id]);
    if (this.refusal) throw this.refusal;
    return { id, title: 'New conversation', createdAt: '', updatedAt: '', messages: 0 };
  }

  stream(
    topic: string,
    { conversation, text, clientId }: { conversation: string; text: string; clientId: string },
    onChunk: (chunk: TurnChunk) => void,
  ) {
    this.asked.push([topic, conversation, text, clientId]);
    this.tell = onChunk;
    const reply = {
      id: 'reply',
      conversation,
      role: 'companion',
      status: 'complete',
      text: 'Hello',
      replyTo: clientId,
    };
    return { result: Promise.resolve(this.held).then(() => ({ reply })), cancel: () => {} };
  }
}

const shown = (thread: ThreadState): unknown[] =>
  thread.entries.map(({ message, delivery }) => [message.text, delivery]);

test('the first message of a conversation waits in sight while AICO is away, and goes out when it is back [UI-2, UI-3]', async () => {
  const aico = new Aico();
  aico.online = false;
  const thread = aico.talk.begin();
  await thread.send('Are you there?');
  expect(shown(thread)).toEqual([['Are you there?', 'waiting']]);
  expect(aico.asked).toEqual([]);
  // It is found again by who goes elsewhere meanwhile.
  expect(aico.talk.conversations.items).toMatchObject([{ id: thread.id, title: 'New conversation' }]);
  expect([aico.talk.thread(thread.id), aico.talk.conversations.isCreated(thread.id)]).toEqual([thread, false]);

  aico.talk.lock();
  aico.online = true;
  await aico.talk.resume();
  const [own] = thread.entries;
  expect(aico.asked).toEqual([
    ['chat.conversation.create.v1', thread.id],
    ['chat.turn.run.v1', thread.id, 'Are you there?', own?.message.id],
  ]);
  expect(aico.talk.conversations.isCreated(thread.id)).toBe(true);
  expect(aico.talk.conversations.items).toHaveLength(1);
});

test('a first message that is refused stays in its conversation, leaves newer words alone, and is sent again [UI-2]', async () => {
  const aico = new Aico();
  aico.refusal = new ApiError({ code: 'STORAGE_FULL', message: 'The disk is full.' });
  const thread = aico.talk.begin();
  const sending = thread.send('The first thought');
  aico.talk.setDraft(undefined, 'Another conversation');
  aico.talk.setDraft(thread.id, 'A second thought');
  await sending;
  expect(shown(thread)).toEqual([['The first thought', 'refused']]);
  expect(thread.entries[0]?.refusal?.code).toBe('STORAGE_FULL');
  expect([aico.talk.draft(undefined), aico.talk.draft(thread.id)]).toEqual([
    'Another conversation',
    'A second thought',
  ]);

  aico.refusal = undefined;
  const message = thread.entries[0]?.message;
  if (message) await thread.sendAgain(message);
  expect(aico.asked.map(([topic, id]) => [topic, id])).toEqual([
    ['chat.conversation.create.v1', thread.id],
    ['chat.conversation.create.v1', thread.id],
    ['chat.turn.run.v1', thread.id],
  ]);
});

test('what is not answered in time while the connection holds can be sent again, and waits for nothing [UI-2]', async () => {
  const aico = new Aico();
  aico.refusal = daemonAway();
  const thread = aico.talk.begin();
  await thread.send('Hello');
  expect(shown(thread)).toEqual([['Hello', 'refused']]);
  const other = aico.talk.begin();
  const sending = other.send('Hello again');
  aico.online = false;
  await sending;
  expect(shown(other)).toEqual([['Hello again', 'waiting']]);
});

test('a reply that is to stop before it has begun stops as soon as it has [UI-2]', async () => {
  const aico = new Aico();
  const over = Promise.withResolvers<void>();
  aico.held = over.promise;
  const thread = aico.talk.begin();
  const sending = thread.send('Hello');
  await thread.stop();
  await expect.poll(() => aico.asked.map(([topic]) => topic)).toContain('chat.turn.run.v1');
  expect(aico.asked.map(([topic]) => topic)).not.toContain('chat.turn.stop.v1');
  const reply = { id: 'reply', conversation: thread.id, role: 'companion', status: 'streaming', text: '' };
  aico.tell({ kind: 'started', reply: reply as ChatMessage });
  expect(aico.asked.at(-1)?.[0]).toBe('chat.turn.stop.v1');
  over.resolve();
  await sending;
});
