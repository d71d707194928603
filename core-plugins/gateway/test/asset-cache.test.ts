import { AicoError, type Asset } from '@aico/sdk';
import { describe, expect, test } from 'vitest';
import { AssetCache } from '../src/console/asset-cache.ts';

function createCache(files: Record<string, string>, maxBytes?: number) {
  const asked: string[] = [];
  const cache = new AssetCache(async (path): Promise<Asset> => {
    asked.push(path);
    const body = files[path];
    if (body === undefined) throw new AicoError('CONSOLE_ASSET_MISSING', { subject: path });
    return {
      path,
      contentType: 'text/plain',
      encoding: 'base64',
      body: Buffer.from(body).toString('base64'),
      etag: 'W/"a b\r\n"',
    };
  }, maxBytes);
  return { cache, asked };
}

describe('the asset cache', () => {
  test('asks for each file once, however many want it at a time, until it is cleared', async () => {
    const { cache, asked } = createCache({ a: 'x' });
    const [one, other] = await Promise.all([cache.get('a'), cache.get('a')]);
    expect([one === other, one?.body.toString(), one?.etag]).toEqual([true, 'x', 'ab']);
    cache.clear();
    await cache.get('a');
    expect(asked).toEqual(['a', 'a']);
  });

  test('keeps nothing of names that do not exist, for anyone can invent them', async () => {
    const { cache, asked } = createCache({});
    expect([await cache.get('b'), await cache.get('b')]).toEqual([undefined, undefined]);
    expect(asked).toEqual(['b', 'b']);
  });

  test('asks again after a failure', async () => {
    let isThere = false;
    const cache = new AssetCache(async (path) => {
      if (!isThere) throw new AicoError('KERNEL_NO_SERVER', { subject: path });
      return { path, contentType: 'text/plain', encoding: 'base64', body: '', etag: 'e' };
    });
    await expect(cache.get('a')).rejects.toThrow(/Nobody answers/);
    isThere = true;
    expect((await cache.get('a'))?.body.length).toBe(0);
  });

  test('never grows beyond what an app can be', async () => {
    const { cache, asked } = createCache({ a: 'x'.repeat(40), b: 'y'.repeat(40) }, 64);
    await cache.get('a');
    await cache.get('b');
    await cache.get('a');
    expect(asked).toEqual(['a', 'b', 'a']);
  });
});
