import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Connection } from '../../storage/src/connection.ts';
import { serveMemory } from '../src/serve-memory.ts';
import { createMemoryKernel, eventually, forget, KEY, type MemoryKernel, messageOf } from './memory-kernel.ts';

const SINCE = '2026-01-01T00:00:00.000Z';

/** A model that finds what begins with the same letter. */
const model = {
  embed: async (texts: readonly string[]) =>
    texts.map((text) => Float32Array.from({ length: 512 }, (_, at) => (at === text.charCodeAt(0) ? 1 : 0.01))),
  unload: () => {},
};
const remembering = { activate: (ctx: Parameters<typeof serveMemory>[0]) => serveMemory(ctx, async () => model) };

function total(memory: MemoryKernel): Promise<number> {
  return memory.user.bus.request('memory.list.v1', {}).then((page) => page.total);
}

/** Every page of memory's database and of its log, decrypted, free ones included. */
async function plainPages(memory: MemoryKernel): Promise<Buffer> {
  const [path, copy] = [join(memory.folder, 'memory.db'), join(memory.folder, 'copy-of-memory')];
  for (const part of ['', '-wal']) copyFileSync(path + part, copy + part);
  const connection = await Connection.open(copy, KEY);
  await connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  // What a backup and the weekly check look for.
  expect(await connection.rows('PRAGMA integrity_check')).toEqual([['ok']]);
  await connection.exec('PRAGMA journal_mode = DELETE');
  await connection.exec("PRAGMA rekey = ''");
  connection.close();
  return readFileSync(copy);
}

test('forgets what came of a message: its text, its words and its meaning, down to the pages of the file [DATA-7]', async () => {
  const memory = await createMemoryKernel();
  await memory.load(remembering);
  const said = await memory.say('Zebrafinch lives with me.');
  await memory.say('My car is blue.');
  await eventually(async () => (await total(memory)) === 2);
  const byMeaning = () => memory.user.bus.request('memory.recall.v1', { text: 'Zzz' });
  await eventually(async () => (await byMeaning()).hits.length === 1);
  // Nothing was found that is not there to be found: both are in the file.
  for (const word of ['Zebrafinch', 'zebrafinch']) expect((await plainPages(memory)).includes(word), word).toBe(true);

  const { items } = await memory.user.bus.request('plugin.memory.forget.find.v1', { messages: [said.id] });
  expect(items).toEqual([expect.objectContaining({ kind: 'memory', text: 'Zebrafinch lives with me.' })]);
  expect(await forget(memory, { messages: [said.id] })).toBe(1);
  expect(await memory.user.bus.request('storage.database.settle.v1', {})).toMatchObject({ waiting: [] });
  expect((await byMeaning()).hits).toEqual([]);
  expect((await memory.user.bus.request('memory.list.v1', { query: 'zebrafinch' })).total).toBe(0);
  const pages = await plainPages(memory);
  expect(pages.includes('blue')).toBe(true);
  for (const word of ['Zebrafinch', 'zebrafinch', 'ebrafin']) expect(pages.includes(word), word).toBe(false);
});

test('what is on its way from a forgotten message or conversation is not remembered any more [DATA-7]', async () => {
  const memory = await createMemoryKernel();
  await memory.load(remembering);
  const conversation = crypto.randomUUID();
  const [late, later] = [messageOf('Late to arrive.'), messageOf('Later to arrive.', { conversation })];
  expect(await forget(memory, { messages: [late.id], conversations: [conversation] })).toBe(0);
  await memory.say(late.text, late);
  await memory.say(later.text, later);
  await memory.say('Something else of mine.');
  await eventually(async () => (await total(memory)) === 1);
});

test('finds memories by conversation, by name and by time [DATA-7]', async () => {
  const memory = await createMemoryKernel();
  await memory.load(remembering);
  const conversation = crypto.randomUUID();
  const first = await memory.say('Ada lives in Bonn.', { conversation });
  await memory.say('My car is blue.');
  await eventually(async () => (await total(memory)) === 2);
  const find = async (search: object) =>
    (await memory.user.bus.request('plugin.memory.forget.find.v1', search)).items.map(({ text }) => text);
  expect(await find({ conversations: [conversation] })).toEqual(['Ada lives in Bonn.']);
  expect(await find({ names: ['ada'] })).toEqual(['Ada lives in Bonn.']);
  expect(await find({ from: SINCE, to: first.createdAt })).toEqual([]);
  expect(await find({ from: first.createdAt, to: '2999-01-01T00:00:00.000Z' })).toHaveLength(2);
  expect(await forget(memory, { conversations: [conversation] })).toBe(1);
  expect(await find({ names: ['ada'] })).toEqual([]);
});
