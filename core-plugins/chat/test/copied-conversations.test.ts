import { readFileSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { AicoError, type SqlResult } from '@aico/sdk';
import { expect, test } from 'vitest';
import { type LoadedChat, loadChat } from './support/load-chat.ts';

const SCHEMA = readFileSync(new URL('../migrations/0001-conversations.sql', import.meta.url), 'utf8');
const ID = '0b0cfe6b-6b5e-4c7d-9f57-2e6a3b9a7c11';
/** The id of the message that stands at a place. */
const idAt = (place: number): string => `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`;
const AT = '2026-01-02T03:04:05.000006Z';

/** A copy of the database as a backup has it: a message at each of these places. */
function copyWith(
  sequences: readonly number[],
  text: (sequence: number) => string = (at) => `Said ${at}`,
): DatabaseSync {
  const copy = new DatabaseSync(':memory:');
  copy.exec(SCHEMA);
  const values = [ID, 'Birds', AT, AT, sequences.length];
  copy.prepare('insert into conversation values (?, ?, 1, ?, ?, null, ?)').run(...values);
  const add = copy.prepare("insert into message values (?, ?, ?, 'user', ?, ?, ?, null, '{}')");
  for (const at of sequences) add.run(at, idAt(at), ID, at === 3 ? 'streaming' : 'complete', text(at), AT);
  return copy;
}

/** Serves the copy as storage does, and asks as the backup does. */
async function withCopy(chat: LoadedChat, first: DatabaseSync) {
  let copy = first;
  const storage = await chat.kernel.peer({
    id: 'copies',
    permissions: [
      { verb: 'serve', topic: 'storage.copy.query.v1' },
      { verb: 'serve', topic: 'blob.copy.take.v1' },
    ],
  });
  /** Files beside the copy, by their name there: the name that they get here. */
  const files = new Map<string, string>();
  await storage.bus.serve('blob.copy.take.v1', ({ data: { id } }) => {
    const here = files.get(id);
    if (here === undefined) throw new AicoError('BLOB_UNKNOWN', { subject: 'chat', details: { blob: id } });
    return { id: here, size: 1 };
  });
  await storage.bus.serve('storage.copy.query.v1', ({ data }) => ({
    results: data.statements.map(({ sql, values = [] }): SqlResult => {
      const statement = copy.prepare(sql);
      statement.setReturnArrays(true);
      const rows = statement.all(...(values as SQLInputValue[])) as unknown as SqlResult['rows'];
      return { columns: [], rows, changes: 0 };
    }),
  }));
  const backup = await chat.kernel.peer({
    id: 'backup',
    permissions: [
      { verb: 'request', topic: 'chat.copy.list.v1' },
      { verb: 'request', topic: 'chat.copy.files.v1' },
      { verb: 'request', topic: 'chat.copy.restore.v1' },
    ],
  });
  const folder = 'copy';
  return {
    files,
    bring: () => backup.bus.request('chat.copy.restore.v1', { folder, id: ID }),
    wanted: async () => (await backup.bus.request('chat.copy.files.v1', { folder, id: ID })).files,
    restore: async (id = ID) => (await backup.bus.request('chat.copy.restore.v1', { folder, id })).added,
    list: (before?: string) =>
      backup.bus.request('chat.copy.list.v1', { folder, ...(before !== undefined && { before }) }),
    show: (another: DatabaseSync) => {
      copy = another;
    },
  };
}

const placesOf = async (chat: LoadedChat, limit = 200): Promise<number[]> =>
  (await chat.bus.request('chat.message.list.v1', { conversation: ID, limit })).messages.map(({ id }) =>
    Number(id.slice(-12)),
  );

test('a conversation of a copy comes back as it was, once, and no other is touched [DATA-6]', async () => {
  await using chat = await loadChat();
  const other = await chat.create();
  await chat.say(other, 'Hello');
  const before = await chat.messages(other);
  // Other messages stand at 1 and 2 here.
  const { restore, list } = await withCopy(chat, copyWith([1, 2, 3, 40]));
  expect(await list()).toEqual({
    conversations: [{ conversation: { id: ID, title: 'Birds', createdAt: AT, updatedAt: AT, messages: 4 } }],
  });
  expect([await restore(), await restore()]).toEqual([4, 0]);
  expect(await placesOf(chat)).toEqual([1, 2, 3, 40]);
  const { messages } = await chat.bus.request('chat.message.list.v1', { conversation: ID });
  expect(messages[2]).toMatchObject({ status: 'stopped', text: 'Said 3', createdAt: AT });
  expect(await chat.bus.request('chat.conversation.get.v1', { id: ID })).toEqual({
    id: ID,
    title: 'Birds',
    createdAt: AT,
    updatedAt: AT,
    messages: 4,
  });
  expect(await list()).toMatchObject({ conversations: [{ here: 4 }] });
  expect(await chat.messages(other)).toEqual(before);
  expect(chat.created.filter(({ conversation }) => conversation === ID)).toEqual([]);
});

test('what is missing goes where it stood, and what is there stays as it is, its name too [DATA-6]', async () => {
  await using chat = await loadChat();
  const { restore, show } = await withCopy(chat, copyWith([10, 30]));
  expect(await restore()).toBe(2);
  await chat.bus.request('chat.conversation.rename.v1', { id: ID, title: 'Herons' });
  show(copyWith([10, 20, 30], (at) => `Otherwise ${at}`));
  expect(await restore()).toBe(1);
  expect(await placesOf(chat)).toEqual([10, 20, 30]);
  const [first] = (await chat.bus.request('chat.message.list.v1', { conversation: ID })).messages;
  expect(first?.text).toBe('Said 10');
  expect((await chat.bus.request('chat.conversation.get.v1', { id: ID })).title).toBe('Herons');
});

test('a long conversation comes back whole, a deleted one too, and one that is not there is refused [DATA-6]', async () => {
  await using chat = await loadChat();
  const places = Array.from({ length: 450 }, (_, at) => at + 1000);
  const { restore } = await withCopy(
    chat,
    copyWith(places, () => 'x'.repeat(5000)),
  );
  expect(await restore()).toBe(450);
  expect((await chat.bus.request('chat.conversation.get.v1', { id: ID })).messages).toBe(450);
  await chat.bus.request('chat.conversation.delete.v1', { id: ID });
  expect(await restore()).toBe(0);
  expect((await placesOf(chat)).length).toBeGreaterThan(0);
  await expect(restore(ID.replace('0b', '0c'))).rejects.toMatchObject({ code: 'CHAT_CONVERSATION_UNKNOWN' });
});

test('files come back with their messages, also when they are called otherwise here; one that is gone is left out [DATA-6, DATA-1]', async () => {
  await using chat = await loadChat();
  const copy = copyWith([1, 2]);
  const named = (letter: string) => ({ id: letter.repeat(64), name: `${letter}.txt`, type: 'text/plain', size: 1 });
  const extra = (...letters: string[]): string => JSON.stringify({ attachments: letters.map(named) });
  copy.prepare('update message set extra = ? where sequence = 1').run(extra('a', 'b'));
  copy.prepare('update message set extra = ? where sequence = 2').run(extra('c', 'a'));
  const { wanted, files, bring } = await withCopy(chat, copy);
  expect((await wanted()).sort()).toEqual(['a', 'b', 'c'].map((letter) => letter.repeat(64)));
  files.set('a'.repeat(64), 'a'.repeat(64)).set('b'.repeat(64), 'd'.repeat(64));
  expect(await bring()).toMatchObject({ added: 2, files: 2 });
  const { messages } = await chat.bus.request('chat.message.list.v1', { conversation: ID });
  expect(messages.map(({ attachments }) => attachments?.map(({ id }) => id[0]))).toEqual([
    ['a', 'd'],
    ['c', 'a'],
  ]);
});
