import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAicoError } from '@aico/schemas';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { describe, expect, test } from 'vitest';
import { bundlePlugin } from '../../src/bundle/index.ts';
import { folderOf } from '../plugin-maker.ts';

const PLUGIN = `import { definePlugin } from '@aico/sdk';\nexport default definePlugin({ activate(): void {} });\n`;

/** A plugin's folder outside of the checkout, without node_modules: an author's. */
function pluginOf(tier: string, source: string, more: Record<string, string> = {}): Promise<string> {
  return folderOf({
    'plugin.json': JSON.stringify({ main: 'dist/bundle/index.js', tier }),
    'package.json': JSON.stringify({ dependencies: { canonicalize: '*' } }),
    'src/index.ts': source,
    ...more,
  });
}

async function bundle(...plugin: Parameters<typeof pluginOf>): Promise<string> {
  const folder = await pluginOf(...plugin);
  await bundlePlugin(folder);
  return readFile(join(folder, 'dist/bundle/index.js'), 'utf8');
}

/** Every problem of a bundle, as its code and its sentence. */
async function problemsOf(...plugin: Parameters<typeof pluginOf>): Promise<[string, string][]> {
  const error: unknown = await bundle(...plugin).then(
    () => expect.fail('it was bundled'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AggregateError)) throw error;
  return error.errors.map((each) => (isAicoError(each) ? [each.code, each.message] : expect.fail(String(each))));
}

describe('the plugin bundler', () => {
  test('puts the SDK into the bundle and leaves no import, wherever the folder lies [PLG-9]', async () => {
    const code = await bundle('isolated', PLUGIN);
    expect(code).toContain('definePlugin');
    expect(code).not.toMatch(/^import /m);
  });

  test('leaves a trusted plugin its packages and Node modules', async () => {
    const code = await bundle(
      'trusted',
      `import { cwd } from 'node:process';\nimport 'canonicalize';\ncwd();\n${PLUGIN}`,
    );
    expect(code.match(/^import .*$/gm)).toEqual(['import { cwd } from "node:process";', 'import "canonicalize";']);
  });

  test('refuses an isolated plugin a Node module, and says where it is imported [PLG-6]', async () => {
    expect(await problemsOf('isolated', `import 'node:fs';\n${PLUGIN}`)).toEqual([
      ['AUTHOR_IMPORT_UNRESOLVED', expect.stringMatching(/^src\/index\.ts.*node:fs/)],
    ]);
  });

  test('tells of a plugin.json that is no JSON as that, not as wrong code', async () => {
    const folder = await pluginOf('isolated', PLUGIN, { 'plugin.json': '{ "id": "tea"' });
    await expect(bundlePlugin(folder)).rejects.toMatchObject({
      code: 'REGISTRY_MANIFEST_INVALID',
      message: expect.stringMatching(/ is not valid: it is not JSON: .+ in JSON at position 13/),
    });
  });

  test('tells file, line and column of a syntax error [PLG-9]', async () => {
    const files = { 'src/broken.ts': 'export const one = 1;\nexport const two = = 2;\n' };
    expect(await problemsOf('isolated', `import './broken.ts';\n${PLUGIN}`, files)).toEqual([
      ['AUTHOR_CODE_INVALID', expect.stringMatching(/^src\/broken\.ts:2:20: .+\.$/)],
    ]);
  });

  test('wants a default export [PLG-9]', async () => {
    expect(await problemsOf('isolated', 'export const nothing = 1;')).toEqual([
      ['AUTHOR_EXPORT_MISSING', 'src/index.ts has no default export.'],
    ]);
  });

  test('keeps what an author’s own file does when it is imported, whatever its folder is called', async () => {
    const files = { 'sdk/src/greet.ts': `console.log('greets');` };
    expect(await bundle('isolated', `import '../sdk/src/greet.ts';\n${PLUGIN}`, files)).toContain('greets');
  });

  test('makes the same bytes from the same sources', async () => {
    expect(await bundle('isolated', PLUGIN)).toBe(await bundle('isolated', PLUGIN));
  });

  test('writes a map that names the author’s files, and neither their text nor where they lie [PLG-9]', async () => {
    const folder = await pluginOf('isolated', `import { cup } from './cup.ts';\n${PLUGIN}cup();\n`, {
      'src/cup.ts': `/** Breaks. */\nexport function cup(): never {\n  throw new Error('broken cup');\n}\n`,
    });
    await bundlePlugin(folder);
    const code = (await readFile(join(folder, 'dist/bundle/index.js'), 'utf8')).split('\n');
    const text = await readFile(join(folder, 'dist/bundle/index.js.map'), 'utf8');
    const line = code.findIndex((each) => each.includes('broken cup'));
    const column = code[line]?.indexOf('throw') ?? -1;
    const map = new TraceMap(text);
    expect(originalPositionFor(map, { line: line + 1, column })).toMatchObject({ source: 'src/cup.ts', line: 3 });
    expect(map.sources).toContain('@aico/sdk/src/define-plugin.ts');
    expect([text.includes('broken cup'), text.includes(folder), code.join().includes('sourceMappingURL')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
