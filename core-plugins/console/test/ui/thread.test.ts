import type { ChatMessage, TurnChunk } from '@aico/sdk';
import { describe, expect, test } from 'vitest';
import {
  EMPTY_THREAD,
  type Thread,
  unsentOnly,
  withBrokenReply,
  withChunk,
  withDelivery,
  withMessage,
  withNewestPage,
  withOlderPage,
  withOwnMessage,
} from '../../ui/src/talk/thread.ts';

function message(id: string, changes: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id,
    conversation: 'c',
    role: 'user',
    status: 'complete',
    text: id,
    createdAt: '2026-11-23T08:00:00.000Z',
    ...changes,
  };
}

const reply = (id: string, changes: Partial<ChatMessage> = {}): ChatMessage =>
  message(id, { role: 'companion', status: 'streaming', text: '', replyTo: 'u', ...changes });

const texts = (thread: Thread): string[] => thread.entries.map((entry) => `${entry.message.id}:${entry.message.text}`);

function play(thread: Thread, chunks: readonly TurnChunk[], replyId: string): Thread {
  return chunks.reduce((now, chunk) => withChunk(now, chunk, replyId), thread);
}

describe('a turn', () => {
  test('streams into one reply, with what was remembered', () => {
    const begun = withOwnMessage(EMPTY_THREAD, message('u'), 'sending');
    const remembered = [{ memory: 'm', text: 'You like tea.', when: '2026-11-01T08:00:00.000Z' }];
    const ended = play(
      begun,
      [
        { kind: 'started', userMessage: message('u'), reply: reply('r') },
        { kind: 'remembered', items: remembered },
        { kind: 'text', text: 'Good ' },
        { kind: 'text', text: 'morning' },
      ],
      'r',
    );
    expect(ended.entries).toEqual([
      { message: message('u') },
      { message: reply('r', { text: 'Good morning', remembered }) },
    ]);
  });

  test('shows what was sent at once, and once only when it is kept [UI-2]', () => {
    const sending = withOwnMessage(EMPTY_THREAD, message('u'), 'sending');
    expect(sending.entries).toEqual([{ message: message('u'), delivery: 'sending' }]);
    const kept = withChunk(sending, { kind: 'started', userMessage: message('u'), reply: reply('r') }, undefined);
    expect(kept.entries.map((entry) => [entry.message.id, entry.delivery])).toEqual([
      ['u', undefined],
      ['r', undefined],
    ]);
  });

  test('that is joined again is told from its beginning without doubling', () => {
    const half = play(
      EMPTY_THREAD,
      [
        { kind: 'started', userMessage: message('u'), reply: reply('r') },
        { kind: 'text', text: 'Half' },
      ],
      'r',
    );
    const joined = play(
      half,
      [
        { kind: 'started', userMessage: message('u'), reply: reply('r') },
        { kind: 'text', text: 'Half and whole' },
      ],
      'r',
    );
    expect(texts(joined)).toEqual(['u:u', 'r:Half and whole']);
  });

  test('keeps the half reply with its error when it breaks off', () => {
    const error = { code: 'LLM_CUT_OFF', message: 'It broke off.' };
    const half = play(
      EMPTY_THREAD,
      [
        { kind: 'started', userMessage: message('u'), reply: reply('r') },
        { kind: 'text', text: 'Once upon' },
      ],
      'r',
    );
    expect(withBrokenReply(half, 'r', error).entries.at(-1)).toEqual({
      message: reply('r', { text: 'Once upon', status: 'failed', error }),
    });
  });

  test('does not call a finished reply broken', () => {
    const done = withMessage(EMPTY_THREAD, reply('r', { status: 'complete', text: 'Done' }));
    expect(withBrokenReply(done, 'r', { code: 'X_Y', message: 'late' })).toEqual(done);
  });

  test('asked for again takes the place of the reply before it', () => {
    const failed = withMessage(withMessage(EMPTY_THREAD, message('u')), reply('old', { status: 'failed' }));
    const again = withChunk(failed, { kind: 'started', reply: reply('new') }, 'new');
    expect(texts(again)).toEqual(['u:u', 'new:']);
  });
});

describe('a message of one’s own', () => {
  test('waits while AICO is away, and says why it was refused', () => {
    const refusal = { code: 'CHAT_MODEL_ABSENT', message: 'Nobody there.' };
    const waiting = withOwnMessage(EMPTY_THREAD, message('u'), 'waiting');
    expect(withDelivery(waiting, 'u', 'refused', refusal).entries).toEqual([
      { message: message('u'), delivery: 'refused', refusal },
    ]);
  });

  test('stays at the end when the conversation is read again, unless it was kept meanwhile', () => {
    const waiting = withOwnMessage(EMPTY_THREAD, message('u'), 'waiting');
    const unseen = withNewestPage(waiting, { messages: [message('a')] });
    expect(unseen.entries.map((entry) => [entry.message.id, entry.delivery])).toEqual([
      ['a', undefined],
      ['u', 'waiting'],
    ]);
    const kept = withNewestPage(waiting, { messages: [message('u'), reply('r', { status: 'complete' })] });
    expect(kept.entries.map((entry) => [entry.message.id, entry.delivery])).toEqual([
      ['u', undefined],
      ['r', undefined],
    ]);
  });
});

test('locked, a thread keeps what was not sent, and nothing that was read [SEC-3, UI-3]', () => {
  const refusal = { code: 'CHAT_MODEL_ABSENT', message: 'Nobody there.' };
  const read = withMessage(EMPTY_THREAD, message('read'));
  const sending = withOwnMessage(withOwnMessage(read, message('a'), 'sending'), message('b'), 'sending');
  const locked = unsentOnly(withDelivery(sending, 'b', 'refused', refusal));
  expect(locked).toEqual({
    entries: [
      { message: message('a'), delivery: 'waiting' },
      { message: message('b'), delivery: 'refused', refusal },
    ],
  });
});

describe('pages', () => {
  test('go above, each message once, until the beginning is here', () => {
    const newest = withNewestPage(EMPTY_THREAD, { messages: [message('c'), message('d')], previous: 'before-c' });
    expect(newest.previous).toBe('before-c');
    const older = withOlderPage(newest, { messages: [message('a'), message('b'), message('c')] });
    expect(texts(older)).toEqual(['a:a', 'b:b', 'c:c', 'd:d']);
    expect(older).not.toHaveProperty('previous');
  });
});
