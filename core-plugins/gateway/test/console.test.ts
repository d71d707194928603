import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isHashed, parseAssetPath } from '../src/console/asset-path.ts';
import { chooseEncoding } from '../src/console/compress.ts';
import { Browser, rawAsk } from './support/browser.ts';
import { openHouse } from './support/house.ts';

const INDEX = '<!doctype html><title>AICO</title>';
const SCRIPT = 'export const words = "calm, warm, quick";\n'.repeat(200);
const ASSETS = {
  'index.html': { type: 'text/html; charset=utf-8', body: INDEX },
  'icon.svg': { type: 'image/svg+xml', body: '<svg/>' },
  'assets/index-Bx3_k9Qz.js': { type: 'text/javascript; charset=utf-8', body: SCRIPT },
};

function bytesOf(
  port: number,
  path: string,
  encoding: string,
): Promise<{ encoding: string | undefined; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': encoding };
    request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('the app’s files', () => {
  test('come from the console plugin, views included, without a session [UI-1]', async () => {
    await using house = await openHouse({ assets: ASSETS });
    const browser = new Browser(house);
    for (const path of ['/', '/index.html', '/talk', `/talk/018f3c5e-7b1a`, '/settings/', '/?from=app']) {
      const answer = await browser.ask('GET', path);
      expect([path, answer.status, answer.text]).toEqual([path, 200, INDEX]);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    }
    expect((await browser.ask('GET', '/icon.svg')).text).toBe('<svg/>');
    expect((await browser.ask('HEAD', '/')).text).toBe('');
  });

  test('are kept by the browser: hashed ones for ever, others while their tag stays the same', async () => {
    await using house = await openHouse({ assets: ASSETS });
    const browser = new Browser(house);
    const hashed = await browser.ask('GET', '/assets/index-Bx3_k9Qz.js');
    expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const index = await browser.ask('GET', '/');
    const etag = index.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w.-]+"$/);
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await browser.ask('GET', '/', { headers: { 'if-none-match': tag } });
      expect([tag, again.status, again.text]).toEqual([tag, 304, '']);
    }
    expect((await browser.ask('GET', '/', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  test('travel compressed as the browser takes it', async () => {
    await using house = await openHouse({ assets: ASSETS });
    const path = '/assets/index-Bx3_k9Qz.js';
    const brotli = await bytesOf(house.port, path, 'gzip, deflate, br');
    expect([brotli.encoding, brotliDecompressSync(brotli.bytes).toString()]).toEqual(['br', SCRIPT]);
    const gzip = await bytesOf(house.port, path, 'gzip, br;q=0');
    expect([gzip.encoding, gunzipSync(gzip.bytes).toString()]).toEqual(['gzip', SCRIPT]);
    const plain = await bytesOf(house.port, path, 'identity');
    expect([plain.encoding, plain.bytes.toString()]).toEqual([undefined, SCRIPT]);
    const small = await bytesOf(house.port, '/icon.svg', 'br');
    expect(small.encoding).toBeUndefined();
  });

  test('that do not exist are not found, and no path climbs out [SEC-4]', async () => {
    await using house = await openHouse({ assets: ASSETS });
    const host = `127.0.0.1:${house.port}`;
    const paths = [
      '/missing.js',
      '/assets/index-00000000.js',
      '/../plugin.json',
      '/..%2fplugin.json',
      '/%2e%2e/plugin.json',
      '/assets/../../plugin.json',
      '/assets/..',
      '/.env',
      '/assets/.hidden/x.js',
      '//evil.example/x.js',
      '/a\\b.js',
      '/a%00.js',
      '/index.html%00.png',
      '/%',
      `/${'a'.repeat(400)}`,
    ];
    for (const path of paths) {
      const { status, text } = await rawAsk(house.port, 'GET', path, { host });
      expect([path, [400, 404].includes(status), text.includes('calm')]).toEqual([path, true, false]);
    }
  });

  test('are awaited by a plain page while there is no console', async () => {
    await using house = await openHouse();
    const answer = await new Browser(house).ask('GET', '/');
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('AICO is running');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

describe('an asset’s path', () => {
  test('is a view when its last part has no dot', () => {
    expect(parseAssetPath('/talk/1')).toEqual({ path: 'index.html', isView: true });
    expect(parseAssetPath('/assets/a.js')).toEqual({ path: 'assets/a.js', isView: false });
    expect(parseAssetPath('/a/%2e%2e/b')).toBeUndefined();
    expect(parseAssetPath('talk')).toBeUndefined();
  });

  test('is hashed only below assets/ and with a hash in its name', () => {
    const hashed = ['assets/index-Bx3_k9Qz.js', 'assets/deep/a-b-12345678.css', 'index-Bx3_k9Qz.js', 'assets/index.js'];
    expect(hashed.map(isHashed)).toEqual([true, true, false, false]);
  });
});

describe('the encoding', () => {
  test('is the smallest that the browser takes', () => {
    const headers = ['br', 'gzip', 'GZIP;q=0.5, BR;q=0.1', 'br;q=0, gzip;q=0.000', 'deflate', '', undefined];
    expect(headers.map(chooseEncoding)).toEqual(['br', 'gzip', 'br', undefined, undefined, undefined, undefined]);
  });
});
