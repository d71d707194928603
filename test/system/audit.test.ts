import type { AuditPage } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product } from '../support/product.ts';

const SOON = { timeout: 30_000, interval: 100 };

test('an ordinary stop is in the audit, with who asked for it, and nothing before it is missing [SEC-9]', async () => {
  const first = await Product.start();
  const before = await BrowserSession.setup(first.url);
  await expect.poll(async () => (await before.plugin('audit')).state, SOON).toBe('active');
  expect((await first.aico('stop')).code).toBe(0);

  const product = await Product.start({ home: first.home });
  const session = await BrowserSession.unlock(product.url);
  await expect.poll(async () => (await session.plugin('audit')).state, SOON).toBe('active');
  const find = async (kind: string) => (await session.call<AuditPage>('GET', `/audit?kind=${kind}`)).records;
  expect(await find('audit.gap')).toEqual([]);
  expect(await find('system.stopping')).toMatchObject([{ by: 'cli', run: 1 }]);
});
