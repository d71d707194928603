import type { SystemStatus } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';

/** Stores until it is refused or has stored three megabytes; or sends one large message. */
const HOARDER = `export default { async activate({ bus, storage }) {
  const run = {
    async fill() {
      for (let at = 0; at < 30; at += 1) await storage.set('part ' + at, String(at).repeat(50_000));
      return 'all kept';
    },
    async large() {
      await storage.set('large', 'x'.repeat(400_000));
      return 'all kept';
    },
  };
  await bus.serve('plugin.hoarder.command.run.v1', async ({ data }) => ({
    text: await run[data.name]().catch(({ code }) => code),
  }));
} };`;

const MANIFEST = {
  permissions: ['serve plugin.hoarder.command.run.v1', 'request storage.kv.set.v1'].map((each) => {
    const [verb, topic] = each.split(' ');
    return { verb, topic, reason: 'to try it' };
  }),
  contributes: { commands: ['fill', 'large'].map((name) => ({ name, description: 'Stores.' })) },
  quota: { storageMb: 1, messageBytes: 200_000 },
};

test('whoever fills its database or sends too large a message is told to its user, who lets it use more, at once [PLG-3]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  await product.aico('plugin', 'install', await packStranger(home, 'hoarder', HOARDER, MANIFEST));
  expect((await product.aico('plugin', 'enable', 'hoarder')).code).toBe(0);
  const { id } = await session.conversation();
  const order = async (name: 'fill' | 'large') => (await session.turn(id, `/${name}`)).reply?.text;
  const info = async () => (await product.aico('plugin', 'info', 'hoarder')).stdout;
  const raise = async (setting: string) =>
    expect((await product.aico('plugin', 'limit', 'hoarder', setting)).code).toBe(0);
  const { processId } = await session.plugin('hoarder');
  expect(await info()).not.toContain('presses on');

  for (let tried = 0; tried < 3; tried += 1) expect(await order('fill')).toBe('STORAGE_QUOTA_EXCEEDED');
  expect(await order('large')).toBe('KERNEL_PAYLOAD_TOO_LARGE');
  const told = await info();
  expect(told).toContain('stored data, in MB: 1 of 1 (refused or lost beyond it)');
  expect(told).toContain('aico plugin limit hoarder storage=<number>');
  expect(told).toMatch(/the largest message, in bytes: 400\d{3} of 200000/);
  expect(told).toContain('aico plugin limit hoarder message-size=<number>');
  const { notices } = await session.call<SystemStatus>('GET', '/status');
  expect(notices.map(({ code }) => code).filter((code) => code.endsWith('_REACHED'))).toEqual([
    'KERNEL_STORAGE_REACHED',
    'KERNEL_MESSAGE_SIZE_REACHED',
  ]);

  await raise('storage=8');
  expect(await info()).not.toContain('stored data');
  expect(await order('fill')).toBe('all kept');
  expect(await order('large')).toBe('KERNEL_PAYLOAD_TOO_LARGE');
  await raise('message-size=1000000');
  expect(await order('large')).toBe('all kept');
  expect(await info()).not.toContain('presses on');
  expect(await session.plugin('hoarder')).toMatchObject({ processId, restarts: 0, limits: { storageMb: 8 } });
}, 180_000);

test('whoever raises a limit of a plugin that was set aside is told how it starts again [PLG-3, PLG-8]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const code = 'export default { activate() { const all = []; for (;;) all.push({}); } }';
  await product.aico('plugin', 'install', await packStranger(home, 'eater', code, { quota: { memoryMb: 64 } }));
  await product.aico('plugin', 'enable', 'eater');
  const info = async () => (await product.aico('plugin', 'info', 'eater')).stdout;
  await expect.poll(info, { timeout: 60_000, interval: 500 }).toMatch(/state +quarantined/);
  expect(await info()).toMatch(/used \d+ MB of memory; it may use 64 MB/);
  expect(await info()).toContain('Start it again with: aico plugin enable eater');
  const raised = await product.aico('plugin', 'limit', 'eater', 'memory=96');
  expect(raised.stdout).toContain('Start it again with: aico plugin enable eater');
}, 120_000);
