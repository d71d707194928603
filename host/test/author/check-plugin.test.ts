import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { checkPlugin } from '../../src/author/check-plugin.ts';
import { createPlugin } from '../../src/author/create-plugin.ts';
import { linkPackages } from '../../src/author/link-packages.ts';
import { installFolders } from '../../src/install-folders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { root, template, viewTemplate } = installFolders();

describe('a plugin in a folder of its own [PLG-9]', () => {
  let folder = '';
  const change = (file: string, from: string, to: string): void => {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(folder, file), text.replace(from, to));
  };
  const codes = async () => (await checkPlugin(folder)).problems.map(({ code, message }) => [code, message]);

  beforeEach(async () => {
    folder = join(temporaryFolder(), 'hello');
    await createPlugin([template], folder, { id: 'hello', name: 'Hello', author: 'Ada' });
    await linkPackages(folder, root);
  });

  test('has no problem when it is new', async () => {
    expect(await codes()).toEqual([]);
  });

  test('has none either when it has a view', async () => {
    folder = join(temporaryFolder(), 'hello');
    await createPlugin([template, viewTemplate], folder, { id: 'hello', name: 'Hello', author: 'Ada' });
    await linkPackages(folder, root);
    expect(await codes()).toEqual([]);
  });

  test('is told what is wrong with its manifest, its permissions and its types at once', async () => {
    change('plugin.json', '"name": "Hello"', '"name": "Hello", "licence": "MIT"');
    change('plugin.json', '"serve"', '"subscribe"');
    change('src/index.ts', 'text: `', 'texts: `');
    expect(await codes()).toEqual([
      ['REGISTRY_MANIFEST_INVALID', expect.stringContaining('licence is not a known key; the nearest known one is')],
      ['AUTHOR_PERMISSION_MISSING', expect.stringMatching(/^plugin\.json: contributes\.commands needs to serve/)],
      ['AUTHOR_PERMISSION_MISSING', expect.stringMatching(/^src\/index\.ts:5:15 needs to serve/)],
      ['AUTHOR_TYPE_WRONG', expect.stringMatching(/^src\/index\.ts:5:\d+: .*texts/)],
    ]);
  });

  test('is told of a call that its manifest does not ask for', async () => {
    change(
      'src/index.ts',
      'async activate(ctx) {',
      "async activate(ctx) {\n    await ctx.bus.request('kernel.plugin.list.v1', {});",
    );
    expect(await codes()).toEqual([
      [
        'AUTHOR_PERMISSION_MISSING',
        'src/index.ts:5:15 needs to request kernel.plugin.list.v1, which plugin.json does not ask for.',
      ],
    ]);
  });

  test('is told of a mistake in its tests, which see Node while its code does not', async () => {
    change('src/index.ts', 'async activate(ctx) {', 'async activate(ctx) {\n    process.exit();');
    change('test/hello.test.ts', 'assert.equal(', 'assert.equals(');
    expect(await codes()).toEqual([
      ['AUTHOR_TYPE_WRONG', expect.stringMatching(/^src\/index\.ts:5:5: .*process/)],
      ['AUTHOR_TYPE_WRONG', expect.stringMatching(/^test\/hello\.test\.ts:\d+:\d+: .*equals/)],
    ]);
  });

  test('is told of code that cannot be parsed once, with its place', async () => {
    change('src/index.ts', 'export default', 'export default default');
    expect(await codes()).toEqual([['AUTHOR_CODE_INVALID', expect.stringMatching(/^src\/index\.ts:3:16: /)]]);
  });
});
