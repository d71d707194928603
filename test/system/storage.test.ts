import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';

const ENDLESS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';
const GREEDY = 'SELECT length(hex(randomblob(400000000)))';
const STORAGE = { verb: 'request', topic: 'storage.sql.batch.v1', reason: 'to try it' };

const CACHE = ['get', 'set'].map((name) => ({ verb: 'request', topic: `cache.kv.${name}.v1`, reason: 'to try it' }));
/** Puts something aside and finds it again, however often it is asked. */
const PUTTING_ASIDE = `export default { async activate(ctx) {
  await ctx.cache.set('marked-key', 'marked-value');
  ctx.log.info('found', { it: await ctx.cache.get('marked-key') });
} };`;

/** All bytes of the files in a folder. */
const bytesIn = (folder: string): Buffer =>
  Buffer.concat(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => readFileSync(join(each.parentPath, each.name))),
  );

/** A plugin that runs a statement again and again, and logs how it ended. */
const running = (sql: string): string => `export default { activate(ctx) {
  const run = async () => {
    await ctx.bus.request('storage.sql.batch.v1', { statements: [{ sql: ${JSON.stringify(sql)} }] }).then(
      () => ctx.log.info('done'),
      ({ code }) => ctx.log.info('refused', { code }),
    );
    setTimeout(run, 100);
  };
  setTimeout(run, 100);
} };`;

test('plugins whose SQL never ends or eats memory are stopped one by one, the chat goes on, and the cache tells the disk nothing [PLG-3, PLG-6, DATA-8]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  const bad = [
    ['endless', `SELECT 1 UNION ALL SELECT * FROM (${ENDLESS})`, 'STORAGE_TIMEOUT'],
    ['greedy', GREEDY, 'STORAGE_MEMORY'],
  ] as const;
  for (const [name, sql] of bad) {
    const path = await packStranger(home, name, running(sql), { permissions: [STORAGE] });
    expect((await product.aico('plugin', 'install', path)).stderr).toBe('');
    expect((await product.aico('plugin', 'enable', name)).code).toBe(0);
  }
  for (let said = 0; said < 5; said += 1) {
    expect((await session.turn(id, `Hello for the ${said}. time`)).reply?.status).toBe('complete');
  }
  const logOf = async (name: string) => (await product.aico('logs', '-p', name)).stdout;
  for (const [name, , code] of bad) {
    await expect.poll(() => logOf(name), { timeout: 40_000, interval: 1000 }).toContain(code);
  }

  expect((await product.aico('plugin', 'enable', 'rocksdb')).code).toBe(0);
  const path = await packStranger(home, 'saver', PUTTING_ASIDE, { permissions: CACHE });
  expect((await product.aico('plugin', 'install', path)).stderr).toBe('');
  expect((await product.aico('plugin', 'enable', 'saver')).code).toBe(0);
  await expect.poll(() => logOf('saver'), { timeout: 40_000, interval: 500 }).toContain('marked-value');
  expect((await product.aico('cache', 'status')).stdout).toMatch(/saver +1 /);
  const disk = bytesIn(join(home, 'data', 'rocksdb'));
  expect([disk.length > 0, disk.includes('marked'), disk.includes('saver')]).toEqual([true, false, false]);
  expect((await product.aico('cache', 'clear')).stdout).toContain('Threw 1 entries away');

  expect(await session.plugin('storage')).toMatchObject({ state: 'active', restarts: 0 });
  expect(await session.messages(id)).toHaveLength(10);
}, 120_000);
