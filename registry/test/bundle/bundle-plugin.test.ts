import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundlePlugin } from '../../scripts/build/bundle-plugin.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the plugin bundler', () => {
  let folder: string;

  beforeEach(() => {
    // Inside the checkout, so that the plugin finds the SDK as every plugin here does.
    mkdirSync(join(ROOT, '.build'), { recursive: true });
    folder = mkdtempSync(join(ROOT, '.build/bundle-test-'));
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { '@aico/sdk': '*', tweetnacl: '*' } }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function bundle(tier: string, source: string): Promise<string> {
    writeFileSync(join(folder, 'plugin.json'), JSON.stringify({ main: 'dist/bundle/index.js', tier }));
    writeFileSync(join(folder, 'src/index.ts'), source);
    await bundlePlugin(folder);
    return readFileSync(join(folder, 'dist/bundle/index.js'), 'utf8');
  }

  const PLUGIN = `import { definePlugin } from '@aico/sdk';\nexport default definePlugin({ activate(): void {} });\n`;

  test('puts the SDK into the bundle and leaves no import', async () => {
    const code = await bundle('isolated', PLUGIN);
    expect(code).toContain('definePlugin');
    expect(code).not.toMatch(/^import /m);
  });

  test('leaves a trusted plugin its packages and Node modules', async () => {
    const code = await bundle('trusted', `import { cwd } from 'node:process';\nimport 'tweetnacl';\ncwd();\n${PLUGIN}`);
    expect(code.match(/^import .*$/gm)).toEqual(['import { cwd } from "node:process";', 'import "tweetnacl";']);
  });

  test('refuses an isolated plugin a Node module and says what to do instead [PLG-6]', async () => {
    await expect(bundle('isolated', `import 'node:fs';\n${PLUGIN}`)).rejects.toThrow(
      /node:fs.*\n.*ask for the power through a topic/,
    );
  });

  test('makes the same bytes from the same sources', async () => {
    expect(await bundle('isolated', PLUGIN)).toBe(await bundle('isolated', PLUGIN));
  });
});
