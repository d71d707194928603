import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';
import { requireChromium } from '../support/system-tools.ts';
import { walkWizard } from './support/app.ts';
import { openWindow } from './support/browser.ts';

const CODE = `export default { async activate(ctx) {
  await ctx.bus.serve('plugin.greeter.command.run.v1', () => ({ text: 'version ' + ctx.version }));
} };`;
const SERVE = { verb: 'serve', topic: 'plugin.greeter.command.run.v1', reason: 'To answer when you type /greet.' };
const READ = { verb: 'subscribe', topic: 'chat.message.created.v1', reason: 'To greet you by what you wrote.' };

/** A product in which a stranger's plugin runs, and packages of its newer versions. */
async function greeter() {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const pack = async (version: string, more: object = {}): Promise<string> =>
    packStranger(await mkdtemp(join(home, 'packed-')), 'greeter', CODE, { name: 'Greeter', version, ...more });
  const install = async (path: string): Promise<string> => {
    const { code, stdout, stderr } = await product.aico('plugin', 'install', path);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  const info = async (): Promise<object> =>
    JSON.parse((await product.aico('plugin', 'info', 'greeter', '--json')).stdout) as object;
  await install(await pack('1.0.0'));
  await product.aico('plugin', 'enable', 'greeter');
  return { product, pack, install, info };
}

test('a newer version takes over at once, and one that asks for more only with a yes on the command line [PLG-2, UPD-4]', async () => {
  const { product, pack, install, info } = await greeter();
  await install(await pack('1.1.0'));
  expect(await info()).toMatchObject({ version: '1.1.0', state: 'active', restarts: 0 });
  const told = await install(await pack('2.0.0', { permissions: [SERVE, READ] }));
  expect(told).toContain('Version 2.0.0 is here and asks for more:');
  expect(told).toContain(READ.reason);
  expect(told).toContain('Version 1.1.0 runs on until you answer.');
  expect(await info()).toMatchObject({ version: '1.1.0', state: 'active', update: { version: '2.0.0' } });
  const left = await product.aico('plugin', 'update', 'greeter', '--decline');
  expect(left.stdout).toContain('greeter stays at version 1.1.0.');
  expect((await product.aico('plugin', 'update', 'greeter')).stderr).toContain('KERNEL_UPDATE_UNKNOWN');
  await install(await pack('2.0.1', { permissions: [SERVE, READ] }));
  expect((await product.aico('plugin', 'update', 'greeter')).stdout).toContain('greeter is at version 2.0.1.');
  expect(await info()).toMatchObject({ version: '2.0.1', state: 'active' });
  const broken = await product.aico('plugin', 'install', await pack('3.0.0', { engines: { aico: '>=9.0.0' } }));
  expect(broken.code).not.toBe(0);
  expect(await info()).toMatchObject({ version: '2.0.1', state: 'active' });
}, 120_000);

test('the app shows what a newer version asks, and takes or leaves it as its user says [SEC-8, UI-1]', async (context) => {
  requireChromium(context);
  const { product, pack, install, info } = await greeter();
  const { page, faults } = await openWindow(context, product.url);
  await walkWizard(page);
  await page.goto(`${product.url}/plugins/greeter`);
  await install(await pack('2.0.0', { permissions: [SERVE, READ], quota: { memoryMb: 256 } }));
  await page.getByRole('heading', { name: 'Version 2.0.0 asks for more' }).waitFor();
  await page.getByText(READ.reason).waitFor();
  await page.getByText('It wants more memory').waitFor();
  await page.getByRole('button', { name: 'Keep the old version' }).click();
  await page.getByRole('heading', { name: 'Version 2.0.0 asks for more' }).waitFor({ state: 'detached' });
  expect(await info()).toMatchObject({ version: '1.0.0', state: 'active' });
  await install(await pack('2.0.1', { permissions: [SERVE, READ] }));
  await page.getByRole('button', { name: 'Allow and update' }).click();
  await page.getByRole('heading', { name: 'Version 2.0.1 asks for more' }).waitFor({ state: 'detached' });
  await expect.poll(info).toMatchObject({ version: '2.0.1', state: 'active' });
  expect(faults).toEqual([]);
}, 120_000);
