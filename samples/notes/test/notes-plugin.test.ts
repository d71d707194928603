import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, recordsOf, serveStorage, type TestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';
import { parseRequest, queryOf, tagsOf } from '../src/request.ts';

const read = (path: string): Buffer => readFileSync(new URL(`../${path}`, import.meta.url));
const manifest = JSON.parse(read('plugin.json').toString()) as Manifest;
const MIGRATIONS = ['migrations/0001-notes.sql', 'migrations/0002-whole-words.sql'];

async function prepare(kernel: TestKernel) {
  await serveStorage(kernel);
  await kernel.load({ manifest, definition, assets: new Map(MIGRATIONS.map((path) => [path, read(path)])) });
  const { bus } = await kernel.peer({
    id: 'chat',
    permissions: [{ verb: 'request', topic: 'plugin.*.command.run.v1' }],
  });
  return async (typed = ''): Promise<string> => {
    const about = { name: 'note', conversation: crypto.randomUUID(), time: '2026-11-26T12:00:00.000Z' };
    return (await bus.request('plugin.notes.command.run.v1', { ...about, arguments: typed })).text;
  };
}

test('keeps notes, and finds them by words, whatever case and accents [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const type = await prepare(kernel);
  expect(await type()).toMatch(/^There are no notes\./);
  expect(await type('Buy oat milk #shopping')).toBe('Kept as note 1.');
  expect(await type('# Crème brûlée\n\n- cream\n- milk')).toBe('Kept as note 2.');
  expect(await type('Call Ada about "the" engine')).toBe('Kept as note 3.');
  expect(await type()).toBe(
    '- **3** Call Ada about "the" engine\n- **2** Crème brûlée\n- **1** Buy oat milk #shopping',
  );
  expect(await type('find MILK')).toContain('**1** Buy oat milk');
  expect(await type('find creme milk')).toBe('- **2** Crème brûlée');
  expect(await type('find mil')).toContain('**2**');
  expect(await type('find "the" OR NOT (')).toBe('No note holds all of that.');
  expect(await type('find ')).toBe('Find what? For instance `/note find milk`.');
  expect(await type('find ***')).toBe('Find what? For instance `/note find milk`.');
  expect(await type('2')).toBe('*Note 2, 2026-11-26*\n\n# Crème brûlée\n\n- cream\n- milk');
});

test('what is changed or deleted is not found as it was [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const type = await prepare(kernel);
  await type('Buy milk #shopping #soon');
  await type('Buy paint #shopping');
  expect(await type('tags')).toBe('`#shopping` ×2, `#soon` ×1');
  expect(await type('change 1 Buy bread')).toBe('Note 1 is changed.');
  expect(await type('find milk')).toBe('No note holds all of that.');
  expect(await type('find bread')).toBe('- **1** Buy bread');
  expect(await type('delete 1')).toBe('Note 1 is deleted.');
  expect(await type('find bread')).toBe('No note holds all of that.');
  expect([await type('1'), await type('delete 1'), await type('change 1 x')]).toEqual(
    Array(3).fill('There is no note 1.'),
  );
  expect(await type('New')).toBe('Kept as note 3.');
});

test('takes part in forgetting: notes that mention somebody, and notes of a period, with their words [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const type = await prepare(kernel);
  for (const text of ['Call Ada', 'Adapt the recipe', `${'long '.repeat(80)}ask ADA`]) await type(text);
  const { find, forget } = await recordsOf(kernel, 'notes');
  const [first, second] = await find({ names: ['ada'] });
  expect(first).toEqual({ kind: 'note', id: 'note/1', text: 'Call Ada', when: '2026-11-26T12:00:00.000Z' });
  expect(second).toMatchObject({ id: 'note/3', text: expect.stringContaining('ask ADA') });
  expect(await find({ from: '2026-11-26T12:00:00Z', to: '2026-11-27T12:00:00Z' })).toHaveLength(3);
  expect(await find({ from: '2026-11-25T12:00:00Z', to: '2026-11-26T12:00:00Z' })).toEqual([]);
  expect(await find({ memories: [crypto.randomUUID()] })).toEqual([]);
  const others = ['note/1', 'note/3'];
  expect([await forget({ others }), await forget({ others })]).toEqual([{ note: 2 }, { note: 0 }]);
  expect(await type()).toBe('- **2** Adapt the recipe');
  expect(await type('find ada')).toContain('**2**');
  expect(await type('find call')).toBe('No note holds all of that.');
});

test('is exported, and taken back under its number, or another when that is taken [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const type = await prepare(kernel);
  for (const text of ['Milk', 'Bread', 'Salt']) await type(text);
  const { exported, imported, forget } = await recordsOf(kernel, 'notes');
  const notes = await exported();
  expect(notes.map(({ kind, data }) => [kind, data['id'], data['text']])).toEqual([
    ['notes', '1', 'Milk'],
    ['notes', '2', 'Bread'],
    ['notes', '3', 'Salt'],
  ]);
  await forget({ others: ['note/2'] });
  await type('change 1 Oat milk');
  const other = { kind: 'notes', data: { ...notes[2]?.data, text: 'Of elsewhere', when: '2020-01-01T00:00:00Z' } };
  expect((await imported([...notes, other], { dry: true })).map(({ is }) => is)).toEqual([
    ...['known', 'new', 'known', 'new'],
  ]);
  expect((await imported([...notes, other])).map(({ is }) => is)).toEqual(['known', 'new', 'known', 'new']);
  expect((await imported([...notes, other])).map(({ is }) => is)).toEqual(Array(4).fill('known'));
  expect(await type()).toBe('- **4** Of elsewhere\n- **3** Salt\n- **2** Bread\n- **1** Oat milk');
  expect(await type('find bread')).toBe('- **2** Bread');
});

test.each([
  ['finding a flat is hard', { kind: 'write', text: 'finding a flat is hard' }],
  ['delete the old files', { kind: 'write', text: 'delete the old files' }],
  ['12 eggs', { kind: 'write', text: '12 eggs' }],
  ['Find  milk', { kind: 'find', words: 'milk' }],
])('understands "%s"', (typed, request) => {
  expect(parseRequest(typed)).toEqual(request);
});

test('knows a tag from a heading, an address and a number', () => {
  expect(tagsOf('# Title\n#one #zwei-3 http://a/b#c &#38; #4 ##no #one')).toEqual(['#one', '#zwei-3']);
  expect(queryOf('a "b" -c')).toBe('"a" "b" "c"*');
});
