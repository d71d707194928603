import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aicoHere, jsonHere } from '../support/aico-here.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A new plugin, and the commands on it. */
async function desk() {
  const folder = join(temporaryFolder(), 'tea');
  const options = { home: temporaryFolder() };
  expect(await jsonHere(['plugin', 'create', folder], options)).toMatchObject({ id: 'tea', name: 'Tea' });
  const change = (file: string, from: string, to: string): void => {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(folder, file), text.replace(from, to));
  };
  return { folder, change, options, aico: (...args: string[]) => aicoHere(['plugin', ...args], options) };
}

describe('the commands for authors [PLG-9]', () => {
  test('end with 1 when a test fails, and count', async () => {
    const { folder, change, aico } = await desk();
    change('test/tea.test.ts', 'Hello, Ada!', 'Moin, Ada!');
    const { code, out } = await aico('test', folder, '--json');
    expect([code, JSON.parse(out)]).toEqual([1, { passed: 0, failed: 1, files: ['test/tea.test.ts'] }]);
    const { code: shownCode, out: shown } = await aico('test', folder);
    expect([shownCode, shown]).toEqual([1, expect.stringMatching(/Moin, Ada!/)]);
  });

  test('refuse a name that no plugin can be installed under, before anything is written', async () => {
    const { folder, change, options, aico } = await desk();
    for (const [id, code] of [
      ['vault', 'REGISTRY_PLUGIN_TAKEN'],
      ['notes', 'REGISTRY_PLUGIN_TAKEN'],
      ['kernel', 'AUTHOR_ID_INVALID'],
    ] as const) {
      const place = join(temporaryFolder(), 'place');
      const refused = await aicoHere(['plugin', 'create', place, '--id', id], options);
      expect([refused.code, refused.err, existsSync(place)]).toEqual([1, expect.stringContaining(code), false]);
    }
    change('plugin.json', '"id": "tea"', '"id": "vault"');
    const { code, err } = await aico('validate', folder);
    expect([code, err]).toEqual([1, expect.stringContaining('REGISTRY_PLUGIN_TAKEN')]);
  });

  test('make a plugin with a page of its own, whose tests pass', async () => {
    const options = { home: temporaryFolder() };
    const folder = join(temporaryFolder(), 'tea');
    expect(await jsonHere(['plugin', 'create', folder, '--view'], options)).toMatchObject({
      files: expect.arrayContaining(['views/greeting.html']),
    });
    expect(await jsonHere(['plugin', 'test', folder], options)).toMatchObject({ passed: 2, failed: 0 });
  });

  test('show a path as one word of the command to copy, whatever its name', async () => {
    const options = { home: temporaryFolder() };
    const folder = join(temporaryFolder(), "Ada's tea");
    const made = await aicoHere(['plugin', 'create', folder], options);
    expect(made.out).toMatch(/\n {2}cd '.*Ada'\\''s tea'\n/);
    const packed = await aicoHere(['plugin', 'pack', folder], options);
    expect(packed.out).toMatch(/aico plugin sign '.*Ada'\\''s tea\/dist\/ada-s-tea-0\.1\.0\.aico\.tgz'\n$/);
  });

  test('say that there are no tests, rather than that none failed', async () => {
    const { folder, aico } = await desk();
    rmSync(join(folder, 'test'), { recursive: true });
    expect(await aico('test', folder)).toMatchObject({ code: 1, err: expect.stringContaining('AUTHOR_TESTS_MISSING') });
  });

  test('show each problem with its rule and fix, and end with 1', async () => {
    const { folder, change, aico } = await desk();
    change('plugin.json', '"tier": "isolated"', '"tier": "root"');
    change('src/index.ts', "'@aico/sdk'", "'@aico/skd'");
    const { code, out, err } = await aico('validate', folder);
    expect([code, out, err.match(/^ {2}(Rule|Fix): ./gm)?.length]).toEqual([1, '', 4]);
    expect(err).toMatch(/tier must be one of .*src\/index\.ts:1:\d+: .*@aico\/skd.*2 problems\.\n$/s);
    const told = JSON.parse((await aico('validate', folder, '--json')).out) as { errors: { code: string }[] };
    expect(told.errors.map((each) => each.code)).toEqual(['REGISTRY_MANIFEST_INVALID', 'AUTHOR_IMPORT_UNRESOLVED']);
  });

  test.each(['validate', 'test', 'pack', 'dev'])('%s says where a plugin is looked for', async (command) => {
    const options = { home: temporaryFolder() };
    const { code, err } = await aicoHere(['plugin', command, options.home], options);
    expect([code, err]).toEqual([1, expect.stringMatching(/no plugin in .*AUTHOR_FOLDER_NOT_PLUGIN/s)]);
  });

  test('publish and install need to be told where and what', async () => {
    const { aico } = await desk();
    expect(await aico('publish', 'some.aico.tgz')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--registry'),
    });
    expect(await aico('sign', 'gone.aico.tgz')).toMatchObject({
      code: 1,
      err: expect.stringContaining('REGISTRY_PACKAGE_UNREADABLE'),
    });
    expect(await aico('install', 'gone')).toMatchObject({ code: 5, err: expect.stringContaining('HOST_NOT_RUNNING') });
  });
});
