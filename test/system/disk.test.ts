import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PluginInfo } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession, PASSWORD } from '../support/browser-session.ts';
import { Product } from '../support/product.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { flipBit } from '../support/stranger.ts';
import { told } from '../support/told.ts';

/** A home with a conversation of one turn. */
async function lived(): Promise<{ home: string; conversation: string }> {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  await session.turn(id, 'My cat is called Turing.');
  await product.stop();
  return { home: product.home, conversation: id };
}

test('a disk that fills up while the product runs is told in the chat, and costs nothing that was kept [SVC-7, DATA-1]', async (context) => {
  const disk = await SmallDisk.mount(context, { megabytes: 64 });
  const product = await Product.start({ home: disk.folder });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  await session.turn(id, 'My cat is called Turing.');
  disk.fill();
  const refused = await session.turn(id, 'And my dog is called Ada.');
  expect(refused.error ?? refused.reply?.error).toEqual(told('STORAGE_FULL', 'chat'));
  expect(await session.messages(id)).toHaveLength(2);
  await disk.empty();
  expect((await session.turn(id, 'And my dog is called Ada.')).reply?.status).toBe('complete');
  const states = await Promise.all(['chat', 'storage', 'memory', 'llm'].map((each) => session.plugin(each)));
  expect(states.map(({ state, restarts }) => [state, restarts])).toEqual(states.map(() => ['active', 0]));
  await product.stop();
  const again = await Product.start({ home: disk.folder });
  expect(await (await BrowserSession.unlock(again.url)).messages(id)).toHaveLength(4);
}, 120_000);

test('a folder of databases that cannot be written is told of each plugin that needs one [SVC-7]', async (context) => {
  const { home } = await lived();
  await SmallDisk.mount(context, { megabytes: 1, on: join(home, 'data', 'storage'), readOnly: true });
  const product = await Product.start({ home });
  const session = await BrowserSession.unlock(product.url);
  await expect
    .poll(() => session.plugin('chat'), { timeout: 20_000 })
    .toMatchObject({ error: told('STORAGE_READONLY', 'chat') });
  expect((await session.plugin('gateway')).state).toBe('active');
}, 120_000);

test("another vault's folder opens no database, says so of each, and leaves the files as they are [DATA-2]", async () => {
  const mine = await lived();
  const other = await lived();
  await rm(join(mine.home, 'vault'), { recursive: true });
  await rename(join(other.home, 'vault'), join(mine.home, 'vault'));
  const before = await readFile(join(mine.home, 'data', 'storage', 'chat.db'));
  const product = await Product.start({ home: mine.home });
  const session = await BrowserSession.unlock(product.url);
  await expect
    .poll(() => session.plugin('chat'), { timeout: 20_000 })
    .toMatchObject({ error: told('STORAGE_KEY_WRONG', 'chat') });
  await expect
    .poll(async () => (await product.aico('plugin', 'info', 'chat')).stdout, { timeout: 20_000 })
    .toContain('Put the vault folder and the data folder');
  expect(await readFile(join(mine.home, 'data', 'storage', 'chat.db'))).toEqual(before);
  expect((await session.plugin('gateway')).state).toBe('active');
}, 120_000);

test('a flipped bit in one database is told of its plugin alone, and mended by the old file [DATA-2]', async () => {
  const { home, conversation } = await lived();
  const file = join(home, 'data', 'storage', 'chat.db');
  const whole = await readFile(file);
  await flipBit(file, Math.floor(whole.length / 2));
  const product = await Product.start({ home });
  const session = await BrowserSession.unlock(product.url);
  await expect
    .poll(() => session.plugin('chat'), { timeout: 20_000 })
    .toMatchObject({ error: told('STORAGE_DAMAGED', 'chat', file) });
  const ready = await fetch(`${product.url}/api/v1/ready`);
  expect([ready.status, await ready.json()]).toMatchObject([503, { ready: false, plugins: { memory: 'active' } }]);
  await writeFile(file, whole);
  // What does not open is told again for a while without looking.
  const enable = () => session.call<PluginInfo>('POST', '/plugins/chat/enable', {});
  await expect.poll(enable, { timeout: 30_000, interval: 2000 }).toMatchObject({ state: 'active' });
  expect(await session.messages(conversation)).toHaveLength(2);
}, 120_000);

test.for([
  [
    'of a newer format',
    (text: string) => text.replace('"format":1', '"format":9').replace('"format": 1', '"format": 9'),
    'VAULT_NEWER',
  ],
  ['that is damaged', (text: string) => text.slice(0, -20), 'VAULT_DAMAGED'],
] as const)(
  'a vault file %s is told at the door, and stays as it is [SEC-3]',
  { timeout: 120_000 },
  async ([, change, code]) => {
    const { home } = await lived();
    const file = join(home, 'vault', 'vault.json');
    const changed = change(await readFile(file, 'utf8'));
    await writeFile(file, changed);
    const product = await Product.start({ home });
    const headers = { 'content-type': 'application/json', origin: product.url };
    const body = JSON.stringify({ password: PASSWORD });
    const answer = await fetch(`${product.url}/api/v1/session`, { method: 'POST', headers, body });
    expect(await answer.json()).toEqual(told(code, 'vault.json'));
    expect(await readFile(file, 'utf8')).toBe(changed);
  },
);
