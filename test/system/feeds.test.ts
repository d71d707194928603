import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Manifest } from '@aico/schemas';
import { expect, onTestFinished, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';

const SAMPLE = join(import.meta.dirname, '../../samples/feeds');
const SWELLING =
  '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>';

/** A server of feeds on this computer. */
async function startServer() {
  const seen: (string | undefined)[] = [];
  let items = '<item><title>The pier opens</title><link>https://harbour.test/pier</link></item>';
  const server = createServer((request, response) => {
    seen.push(request.url);
    const etag = `"${items.length}"`;
    if (request.url === '/swelling') response.end(SWELLING);
    else if (request.url === '/large') response.end('x'.repeat(3_000_000));
    else if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.setHeader('etag', etag).end(`<rss><channel><title>Harbour</title>${items}</channel></rss>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    close,
    add: (title: string) => {
      items = `<item><title>${title}</title></item>${items}`;
    },
  };
}

/** The sample as it was built, under another name, for its own is taken; that it may reach a server of this computer is new. */
async function packSample(home: string, port: number): Promise<string> {
  const read = async (path: string): Promise<string> =>
    (await readFile(join(SAMPLE, path), 'utf8')).replaceAll('plugin.feeds.', 'plugin.tidings.');
  const { permissions, ...manifest } = JSON.parse(await read('plugin.json')) as Manifest;
  const near = { ports: [port], allowHttp: true, allowLoopback: true };
  const migrations = (await readdir(join(SAMPLE, 'migrations'))).map((name) => `migrations/${name}`);
  return packStranger(
    home,
    'tidings',
    await read(manifest.main),
    {
      ...manifest,
      id: 'tidings',
      main: 'index.js',
      permissions: permissions.map((each) =>
        each.topic === 'net.http.fetch.v1' ? { ...each, constraints: { ...each.constraints, ...near } } : each,
      ),
    },
    Object.fromEntries(await Promise.all(migrations.map(async (path) => [path, await read(path)]))),
  );
}

test('feeds are read from hosts that their user named and no others, and again from the network when it is back [PLG-9, SEC-4, PLG-2]', async () => {
  const home = await temporaryHome();
  const server = await startServer();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  const { stderr } = await product.aico('plugin', 'install', await packSample(home, server.port));
  expect(stderr).toBe('');
  expect((await product.aico('plugin', 'enable', 'tidings')).code).toBe(0);
  const say = async (text: string): Promise<string> => {
    const { reply, error } = await session.turn(id, text);
    return reply?.text ?? error?.message ?? '';
  };
  const name = (hosts: string) => session.call('PUT', '/plugins/tidings/configuration', { values: { hosts } });
  const url = (path: string): string => `http://127.0.0.1:${server.port}/${path}`;

  expect(await say(`/feeds add ${url('news')}`)).toBe(
    'Not added: I may not contact 127.0.0.1. Add it under Plugins → Feeds → Settings, to the hosts.',
  );
  await name('harbour.test');
  expect(await say(`/feeds add ${url('news')}`)).toContain('I may not contact 127.0.0.1.');
  expect(server.seen).toEqual([]);

  await name('harbour.test, 127.0.0.1');
  expect(await say(`/feeds add ${url('news')}`)).toContain(
    '**Harbour**\n- [The pier opens](https://harbour.test/pier)',
  );
  expect(await say(`/feeds add ${url('swelling')}`)).toBe('Not added: what is there is neither RSS nor Atom.');
  expect(await say(`/feeds add ${url('large')}`)).toBe('Not added: it is larger than 2 MB.');
  expect(await say('/feeds now')).toBe('Nothing new from Harbour.');
  server.add('Gulls count us');
  expect(await say('/feeds now')).toBe('📰 **Your feeds**\n\n**Harbour**\n- Gulls count us');

  // Taken out of the settings it is refused at once, without a restart.
  const before = server.seen.length;
  await name('harbour.test');
  expect(await say('/feeds now')).toMatch(/I may not contact 127\.0\.0\.1\..* Last seen: less than an hour ago\.$/);
  expect(server.seen).toHaveLength(before);
  await name('127.0.0.1');
  expect(await say('/feeds now')).toBe('Nothing new from Harbour.');
  server.close();
  expect(await say('/feeds now')).toMatch(/127\.0\.0\.1 cannot be reached; you may be offline\. Last seen: /);
}, 180_000);
