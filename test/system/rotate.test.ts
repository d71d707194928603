import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorReport } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession, PASSWORD } from '../support/browser-session.ts';
import { Product } from '../support/product.ts';

interface Rotated {
  readonly rotated: readonly { readonly plugin: string; readonly generation: number }[];
  readonly failed: readonly { readonly plugin: string; readonly error: ErrorReport }[];
}

test('a database that gets no new key is named and keeps none of the others from theirs, and --rest goes on with it alone [SEC-2, SVC-7]', async () => {
  const first = await Product.start();
  const { home } = first;
  const session = await BrowserSession.setup(first.url);
  const active = { timeout: 20_000 };
  await expect.poll(async () => (await session.plugin('chat')).state, active).toBe('active');
  const { id } = await session.conversation();
  expect((await session.turn(id, 'My canary is called Hopper.')).error).toBeUndefined();
  const said = await session.messages(id);
  expect(said).toHaveLength(2);
  const rotate = async (product: Product, ...more: string[]) => {
    const { code, stdout } = await product.aico('vault', 'rotate', ...more, '--json');
    const { rotated, failed } = JSON.parse(stdout) as Rotated;
    return { code, rotated, failed: failed.map(({ plugin, error }) => [plugin, error.code]) };
  };
  const { rotated: all, ...whole } = await rotate(first);
  expect(whole).toEqual({ code: 0, failed: [] });
  expect(all.length).toBeGreaterThan(2);
  expect(await rotate(first, '--rest')).toEqual({ code: 0, rotated: [], failed: [] });
  await first.stop();

  const files = readdirSync(join(home, 'data/storage'));
  const broken =
    all.map(({ plugin }) => plugin).find((plugin) => plugin !== 'chat' && files.includes(`${plugin}.db`)) ?? '';
  const path = join(home, 'data/storage', `${broken}.db`);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4096, 7), 0, 4096, Math.floor(statSync(path).size / 8192) * 4096);
  closeSync(file);

  const second = await Product.start({ home });
  await second.unlock(PASSWORD);
  const { rotated, ...partly } = await rotate(second);
  expect(partly).toEqual({ code: 1, failed: [[broken, 'STORAGE_DAMAGED']] });
  expect(new Set(rotated.map(({ generation }) => generation))).toEqual(new Set([3]));
  expect(rotated.map(({ plugin }) => plugin)).toContain('chat');
  expect(await rotate(second, '--rest')).toEqual({ code: 1, rotated: [], failed: [[broken, 'STORAGE_DAMAGED']] });
  const { stdout, stderr } = await second.aico('vault', 'rotate');
  expect(stderr).toContain(`• ${broken} (`);
  expect(stdout).toContain(`${broken}: not done.`);
  expect(stdout).toContain('--rest');
  const back = await BrowserSession.unlock(second.url);
  await expect.poll(async () => (await back.plugin('chat')).state, active).toBe('active');
  expect(await back.messages(id)).toEqual(said);
}, 240_000);
