import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';
import { goTo, say, walkWizard } from './support/app.ts';
import { findBarriers } from './support/axe.ts';
import { openWindow } from './support/browser.ts';

const CODE = `export default { activate: (ctx) => ctx.bus.serve('plugin.herald.command.run.v1', async ({ data }) => {
  try { return { text: String((await ctx.fetch(data.arguments)).status) }; } catch (error) { return { text: error.code }; }
}) };`;

test('the page says that nothing left, then who tried, and saves the list [OBS-1, UI-1, SEC-4]', async (context) => {
  const server = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'Set a master password' }).waitFor();
  await walkWizard(page);
  await goTo(page, 'Activity');
  await page.getByRole('link', { name: 'What left this machine' }).click();
  await page.getByRole('heading', { level: 1, name: 'What left this machine' }).waitFor();
  await page.getByRole('heading', { level: 2, name: 'Nothing left this machine' }).waitFor();
  await page.getByText('There is none.').waitFor();
  await page.getByText('Gateway', { exact: true }).waitFor();

  const path = await packStranger(home, 'herald', CODE, {
    permissions: [
      { verb: 'serve', topic: 'plugin.herald.command.run.v1', reason: 'to answer its command' },
      {
        verb: 'request',
        topic: 'net.http.fetch.v1',
        constraints: { hosts: ['127.0.0.1', '192.0.2.1'], ports: [80, port], allowHttp: true, allowLoopback: true },
        reason: 'to fetch what you type',
      },
    ],
    contributes: { commands: [{ name: 'herald', description: 'Fetches' }] },
  });
  await product.aico('plugin', 'install', path);
  await product.aico('plugin', 'enable', 'herald');
  await page.goto(product.url);
  expect(await say(page, `/herald http://127.0.0.1:${port}/`)).toContain('200');
  expect(await say(page, '/herald http://192.0.2.1/')).toContain('NET_ADDRESS_DENIED');
  await page.goto(`${product.url}/activity/egress`);
  await page.getByText('one stayed on this machine · one was refused').waitFor();
  await page.getByRole('heading', { level: 2, name: 'Nothing left this machine' }).waitFor();
  await page.getByRole('radio', { name: 'All' }).check();
  await page.getByText('NET_ADDRESS_DENIED').waitFor();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'As a table (CSV)' }).press('Enter');
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/^aico-egress-\d{4}-\d{2}-\d{2}\.csv$/);
  const file = join(home, 'saved.csv');
  await saved.saveAs(file);
  expect(await readFile(file, 'utf8')).toContain(`herald,127.0.0.1,${port},127.0.0.1,machine,GET,answered,200`);

  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await findBarriers(page)).toEqual([]);
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([width, beyond]).toEqual([width, 0]);
      if (process.env.AICO_SHOTS)
        await page.screenshot({ path: `${process.env.AICO_SHOTS}/${width}-${colorScheme}.png` });
    }
  }

  await product.aico('plugin', 'disable', 'network');
  await page.reload();
  await page.getByRole('heading', { name: 'The network is switched off' }).waitFor();
  if (process.env.AICO_SHOTS) await page.screenshot({ path: `${process.env.AICO_SHOTS}/off.png` });
  expect(faults).toEqual([]);
}, 180_000);
