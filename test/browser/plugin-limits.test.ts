import { expect, test } from 'vitest';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';
import { requireChromium } from '../support/system-tools.ts';
import { eventually, messages, say, walkWizard } from './support/app.ts';
import { findBarriers } from './support/axe.ts';
import { openWindow } from './support/browser.ts';

const CODE = `export default { async activate({ bus, storage }) {
  const fill = async () => {
    for (let at = 0; at < 30; at += 1) await storage.set('part ' + at, String(at).repeat(50_000));
    return 'all kept';
  };
  await bus.serve('plugin.hoarder.command.run.v1', async () => ({ text: await fill().catch(({ code }) => code) }));
} };`;
const permission = (verb: string, topic: string) => ({ verb, topic, reason: 'to try it' });

test('the limit that holds a plugin is named on its card, with the way to its field; all limits are there, with bounds [PLG-3, UI-1]', async (context) => {
  requireChromium(context);
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const packed = await packStranger(home, 'hoarder', CODE, {
    name: 'Hoarder',
    quota: { storageMb: 1 },
    permissions: [permission('serve', 'plugin.hoarder.command.run.v1'), permission('request', 'storage.kv.set.v1')],
    contributes: { commands: [{ name: 'fill', description: 'Stores.' }] },
  });
  expect((await product.aico('plugin', 'install', packed)).code).toBe(0);
  await product.aico('plugin', 'enable', 'hoarder');
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  expect(await say(page, '/fill')).toContain('STORAGE_QUOTA_EXCEEDED');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Plugins' }).click();
  const card = page.locator('#plugin-hoarder');
  await card.getByText('Full: it has stored all of its 1 MB.').waitFor();

  await card.getByRole('button', { name: 'Let it use more: Stored data, in MB' }).click();
  const storage = card.getByLabel('Stored data, in MB', { exact: true });
  await eventually(() => storage.evaluate((element) => element === document.activeElement)).toBe(true);
  await storage.fill('2000000');
  await storage.press('Enter');
  await card.getByText('A whole number from 1 to 1,048,576.').waitFor();
  await storage.fill('8');
  await card.getByRole('button', { name: 'Set: Stored data, in MB' }).click();
  await card.getByText('Set by you.').waitFor();
  await eventually(() => card.getByText('Full:').count()).toBe(0);

  const largest = card.getByLabel('Largest message, in bytes', { exact: true });
  expect(await largest.isVisible()).toBe(false);
  await card.getByText('Messages, queues and time limits').click();
  await largest.fill('2000000');
  await card.getByText('2.0 MB. A larger one is refused.').waitFor();
  await largest.press('Enter');
  await card.getByRole('button', { name: 'Back to the default: Largest message, in bytes' }).waitFor();
  expect(await card.locator('input[inputmode=numeric]').count()).toBe(12);
  const memory = card.getByLabel('Memory, in MB', { exact: true });
  await memory.fill('300');
  await memory.press('Enter');
  await card.getByText('Set by you. Holds from its next start on.').waitFor();
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(`${product.url}/plugins/hoarder`);
    // What its user set of the rare ones stands open.
    await largest.waitFor();
    expect(await findBarriers(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Talk' }).click();
  await eventually(() => messages(page).count()).toBe(2);
  expect(await say(page, '/fill')).toContain('all kept');
  expect(faults).toEqual([]);
}, 300_000);
