import type { Assets } from '@aico/sdk';
import { describe, expect, test } from 'vitest';
import { createAssetStore } from '../src/asset-store.ts';

function assetsOf(files: Record<string, string>): Assets & { reads: string[] } {
  const bytes = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  const reads: string[] = [];
  return {
    reads,
    paths: [...bytes.keys()],
    read: (path) => {
      reads.push(path);
      return bytes.get(path);
    },
  };
}

describe('the files of the app', () => {
  test('are served with their type, their bytes and a tag [UI-1]', () => {
    const store = createAssetStore(assetsOf({ 'ui/index.html': '<h1>AICO</h1>', 'plugin.json': '{}' }));
    expect(store.get('index.html')).toEqual({
      path: 'index.html',
      contentType: 'text/html; charset=utf-8',
      encoding: 'base64',
      body: Buffer.from('<h1>AICO</h1>').toString('base64'),
      etag: expect.stringMatching(/^"[0-9a-f]{16}-d"$/),
    });
  });

  test('are found however the path begins', () => {
    const store = createAssetStore(assetsOf({ 'ui/assets/app.js': 'go()' }));
    expect(['/assets/app.js', 'assets/app.js', 'ui/assets/app.js'].map((path) => store.get(path).path)).toEqual([
      'assets/app.js',
      'assets/app.js',
      'assets/app.js',
    ]);
  });

  test.each(['plugin.json', '../plugin.json', 'ui/../plugin.json', 'nothing.js', ''])(
    'are the only files: %j is refused by name [SEC-4]',
    (path) => {
      const store = createAssetStore(assetsOf({ 'ui/index.html': 'x', 'plugin.json': '{}' }));
      expect(() => store.get(path)).toThrow(expect.objectContaining({ code: 'CONSOLE_ASSET_MISSING' }));
    },
  );

  test('are encoded once', () => {
    const assets = assetsOf({ 'ui/index.html': 'x' });
    const store = createAssetStore(assets);
    store.get('index.html');
    store.get('/index.html');
    expect(assets.reads).toEqual(['ui/index.html']);
  });

  test('have another tag when they have another content', () => {
    const tagOf = (text: string): string => createAssetStore(assetsOf({ 'ui/a.css': text })).get('a.css').etag;
    expect(tagOf('a { color: red }')).not.toBe(tagOf('a { color: rad }'));
    expect(tagOf('same')).toBe(tagOf('same'));
  });
});
