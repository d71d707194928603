import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '@aico/registry';
import { describe, expect, test } from 'vitest';
import { createPlugin } from '../../src/author/create-plugin.ts';
import { idFrom, nameFrom } from '../../src/author/plugin-name.ts';
import { installFolders } from '../../src/install-folders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TEMPLATE = join(import.meta.dirname, '../../template');
const IDENTITY = { id: 'tea-time', name: 'Tea "time" $&', author: 'Ada' };

describe('a new plugin [PLG-9]', () => {
  test('has its own names everywhere, and a valid manifest', async () => {
    const folder = join(temporaryFolder(), 'tea-time');
    const files = await createPlugin([TEMPLATE], folder, IDENTITY);
    expect(files).toEqual([
      '.gitignore',
      'README.md',
      'package.json',
      'plugin.json',
      'src/index.ts',
      'test/tea-time.test.ts',
      'test/tsconfig.json',
      'tsconfig.json',
    ]);
    const manifest = parseManifest(readFileSync(join(folder, 'plugin.json')), 'tea-time');
    expect(manifest).toMatchObject({
      ...IDENTITY,
      permissions: [{ verb: 'serve', topic: 'plugin.tea-time.command.run.v1' }],
      contributes: { commands: [{ name: 'tea-time', usage: '/tea-time Ada' }] },
    });
    const all = files.map((file) => readFileSync(join(folder, file), 'utf8')).join();
    expect(all).not.toMatch(/\bhello\b/);
    expect(all).toContain('`Hello, ${');
  });

  test('is written into no folder that holds something, and a fresh repository is as good as empty', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.git'));
    await createPlugin([TEMPLATE], folder, IDENTITY);
    const other = temporaryFolder();
    writeFileSync(join(other, 'notes.txt'), 'mine');
    await expect(createPlugin([TEMPLATE], other, IDENTITY)).rejects.toMatchObject({ code: 'AUTHOR_FOLDER_TAKEN' });
    expect(existsSync(join(other, 'plugin.json'))).toBe(false);
  });

  test.each([
    ['Hello', 'Hello', 'AUTHOR_ID_INVALID'],
    ['a', 'A', 'AUTHOR_ID_INVALID'],
    ['../up', 'Up', 'AUTHOR_ID_INVALID'],
    ['two--hyphens', 'Two', 'AUTHOR_ID_INVALID'],
    ['hello', ' ', 'AUTHOR_NAME_INVALID'],
    ['hello', 'two\nlines', 'AUTHOR_NAME_INVALID'],
  ])('is not called %j, %j', async (id, name, code) => {
    const folder = join(temporaryFolder(), 'new');
    await expect(createPlugin([TEMPLATE], folder, { id, name, author: 'Ada' })).rejects.toMatchObject({ code });
    expect(existsSync(folder)).toBe(false);
  });

  test('is made from the templates that the install has', () => {
    const { template, viewTemplate } = installFolders();
    expect([template, viewTemplate].map((each) => existsSync(join(each, 'plugin.json')))).toEqual([true, true]);
  });

  test('has a page of its own when its author wants one, and is otherwise the same', async () => {
    const folder = join(temporaryFolder(), 'tea-time');
    const files = await createPlugin([TEMPLATE, `${TEMPLATE}-view`], folder, IDENTITY);
    const plain = await createPlugin([TEMPLATE], join(temporaryFolder(), 'tea-time'), IDENTITY);
    expect(files).toEqual([...plain, 'views/greeting.html'].sort());
    expect(parseManifest(readFileSync(join(folder, 'plugin.json')), 'tea-time')).toMatchObject({
      ...IDENTITY,
      permissions: [{ topic: 'plugin.tea-time.command.run.v1' }, { topic: 'plugin.tea-time.view.ask.v1' }],
      contributes: { views: [{ entry: 'views/greeting.html' }] },
    });
  });
});

test.each([
  ['My Plugin!', 'my-plugin', 'My plugin'],
  ['Überblick', 'uberblick', 'Uberblick'],
  ['2048', 'my-plugin', 'My plugin'],
  ['aico_tea.time', 'aico-tea-time', 'Aico tea time'],
  ['x'.repeat(60), 'x'.repeat(40), `X${'x'.repeat(39)}`],
])('%s suggests the id %s and the name %s [PLG-9]', (text, id, name) => {
  expect([idFrom(text), nameFrom(idFrom(text))]).toEqual([id, name]);
});
