import { expect, test, vi } from 'vitest';
import { codeOf } from './support/code-of.ts';
import { type LoadedChat, loadChat } from './support/load-chat.ts';
import { upload } from './support/upload.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function contentOf({ bus }: LoadedChat, id: string): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const { data } of bus.stream('chat.attachment.read.v1', { id })) pieces.push(Buffer.from(data, 'base64'));
  return Buffer.concat(pieces).toString();
}

test('a file goes with what was said, is kept with its size, and is read again [DATA-1]', async () => {
  await using chat = await loadChat();
  const conversation = await chat.create();
  const notes = await upload(chat, bytesOf('Buy milk.'), 'notes.txt', 'text/plain');
  await chat.say(conversation, 'What is in it?', { attachments: [notes] });
  const [said] = await chat.messages(conversation);
  expect(said).toMatchObject({ text: 'What is in it?', attachments: [{ ...notes, size: 9 }] });
  expect(await contentOf(chat, notes.id)).toBe('Buy milk.');
  expect(chat.created[0]).toMatchObject({ attachments: [{ name: 'notes.txt' }] });
});

test('the model reads small text files once, and of others their names alone', async () => {
  await using chat = await loadChat();
  const conversation = await chat.create();
  const attachments = [
    await upload(chat, bytesOf('Buy ```milk```.'), 'notes.md', 'text/markdown'),
    await upload(chat, bytesOf('secret pixels'), 'photo.jpg', 'image/jpeg'),
    await upload(chat, Uint8Array.of(0xff, 0xfe), 'broken.txt', 'text/plain'),
    await upload(chat, bytesOf('x'.repeat(40_000)), 'long.txt', 'text/plain'),
  ];
  await chat.say(conversation, 'Look.', { attachments });
  await chat.say(conversation, 'And?');
  const replies = (await chat.messages(conversation)).filter(({ role }) => role === 'companion');
  expect(replies.map(({ filesRead }) => filesRead)).toEqual([[0], undefined]);
  const [first, second] = chat.prompts.map(({ messages }) => messages.map(({ text }) => text));
  expect(first).toEqual([
    [
      'Look.',
      '[Attached file: notes.md (text/markdown, 15 bytes)]\n````\nBuy ```milk```.\n````',
      '[Attached file: photo.jpg (image/jpeg, 13 bytes)]',
      '[Attached file: broken.txt (text/plain, 2 bytes)]',
      '[Attached file: long.txt (text/plain, 40000 bytes)]',
    ].join('\n\n'),
  ]);
  expect(second?.join()).not.toContain('Buy');
  expect(second?.[0]).toContain('[Attached file: notes.md');
});

test('what was not uploaded cannot be sent, and nothing is kept of the try', async () => {
  await using chat = await loadChat();
  const conversation = await chat.create();
  const attachments = [{ id: 'a'.repeat(64), name: 'lost.txt', type: 'text/plain' }];
  expect(await codeOf(chat.say(conversation, 'Here.', { attachments }))).toBe('CHAT_ATTACHMENT_UNKNOWN');
  expect(await chat.messages(conversation)).toEqual([]);
});

test('a file that is not sent is deleted when asked, and one that a message names is not', async () => {
  await using chat = await loadChat();
  const conversation = await chat.create();
  const [sent, unsent] = [
    await upload(chat, bytesOf('sent'), 'sent.txt', 'text/plain'),
    await upload(chat, bytesOf('unsent'), 'unsent.txt', 'text/plain'),
  ];
  await chat.say(conversation, 'Here.', { attachments: [sent] });
  expect(await chat.bus.request('chat.attachment.delete.v1', { id: unsent.id })).toEqual({ deleted: true });
  expect(await chat.bus.request('chat.attachment.delete.v1', { id: sent.id })).toEqual({ deleted: false });
  expect(await contentOf(chat, sent.id)).toBe('sent');
});

test('files go with their conversation, and what was not sent in a day goes at the next start', async () => {
  await using chat = await loadChat();
  const [kept, deleted] = [await chat.create(), await chat.create()];
  const both = await upload(chat, bytesOf('both'), 'both.txt', 'text/plain');
  const one = await upload(chat, bytesOf('one'), 'one.txt', 'text/plain');
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const never = await upload(chat, bytesOf('never'), 'never.txt', 'text/plain');
    vi.setSystemTime(Date.now() + 25 * 3_600_000);
    const soon = await upload(chat, bytesOf('soon'), 'soon.txt', 'text/plain');
    await chat.say(kept, 'Here.', { attachments: [both] });
    await chat.say(deleted, 'Here.', { attachments: [both, one] });
    await chat.bus.request('chat.conversation.delete.v1', { id: deleted.id });
    expect(await contentOf(chat, one.id)).toBe('one');
    await chat.restart();
    expect([await contentOf(chat, both.id), await contentOf(chat, soon.id)]).toEqual(['both', 'soon']);
    for (const { id } of [one, never]) expect(await codeOf(contentOf(chat, id))).toBe('BLOB_UNKNOWN');
  } finally {
    vi.useRealTimers();
  }
});

test('a clock that jumped takes no file that waits for its message, and what came meanwhile waits a day like any other [SVC-7]', async () => {
  await using chat = await loadChat();
  const before = await upload(chat, bytesOf('before'), 'before.txt', 'text/plain');
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const now = Date.now();
    vi.setSystemTime(now + 400 * 24 * 3_600_000);
    await chat.restart();
    const meanwhile = await upload(chat, bytesOf('meanwhile'), 'meanwhile.txt', 'text/plain');
    vi.setSystemTime(now + 3_600_000);
    await chat.restart();
    const both = [before, meanwhile];
    expect(await Promise.all(both.map(({ id }) => contentOf(chat, id)))).toEqual(['before', 'meanwhile']);
    vi.setSystemTime(now + 26 * 3_600_000);
    await chat.restart();
    for (const { id } of both) expect(await codeOf(contentOf(chat, id))).toBe('BLOB_UNKNOWN');
  } finally {
    vi.useRealTimers();
  }
});

test('what an import or somebody who writes has uploaded is there after something was forgotten meanwhile [DATA-7]', async () => {
  await using chat = await loadChat();
  const [forgotten, kept] = [await chat.create(), await chat.create()];
  const secret = await upload(chat, bytesOf('secret'), 'secret.txt', 'text/plain');
  await chat.say(forgotten, 'Here.', {
    attachments: [secret, await upload(chat, bytesOf('both'), 'b.txt', 'text/plain')],
  });
  const draft = await upload(chat, bytesOf('draft'), 'draft.txt', 'text/plain');
  // As an import does: first the files, then the messages that name them; one is as another that is here already.
  const imported = [
    { ...(await upload(chat, bytesOf('imported'), 'i.txt', 'text/plain')), size: 8 },
    { ...(await upload(chat, bytesOf('both'), 'b.txt', 'text/plain')), size: 4 },
  ];
  const order = { messages: [], conversations: [forgotten.id], memories: [], titles: [], others: [] };
  const { kinds } = await chat.bus.request('plugin.chat.forget.run.v1', { ...order, since: '2026-01-01T00:00:00Z' });
  expect(kinds).toContainEqual({ kind: 'file', removed: 1 });
  expect(await codeOf(contentOf(chat, secret.id))).toBe('BLOB_UNKNOWN');
  const message = {
    ...{ id: crypto.randomUUID(), conversation: kept.id, role: 'user', status: 'complete', text: 'From elsewhere.' },
    ...{ createdAt: '2020-01-01T00:00:00.000Z', place: 1, attachments: imported },
  };
  await chat.bus.request('plugin.chat.export.add.v1', { kind: 'messages', records: [message], dry: false });
  expect(await Promise.all(imported.map(({ id }) => contentOf(chat, id)))).toEqual(['imported', 'both']);
  await chat.say(kept, 'Here it is.', { attachments: [draft] });
  expect(await contentOf(chat, draft.id)).toBe('draft');
  await chat.bus.request('plugin.chat.forget.run.v1', {
    ...{ ...order, conversations: [kept.id], since: '2020-01-01T00:00:00Z' },
  });
  for (const { id } of [...imported, draft]) expect(await codeOf(contentOf(chat, id))).toBe('BLOB_UNKNOWN');
});
