import { expect, test } from 'vitest';
import { Product } from '../support/product.ts';
import { goTo, say, walkWizard } from './support/app.ts';
import { openWindow } from './support/browser.ts';
import { look } from './support/look.ts';

test('the bus page shows each message as it passes, by keyboard, light and dark [OBS-1, UI-1]', async (context) => {
  const product = await Product.start();
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'Set a master password' }).waitFor();
  await walkWizard(page);
  await say(page, 'My cat is called Turing.');
  await goTo(page, 'Activity');
  await page.getByRole('link', { name: 'Watch every message' }).click();
  await page.getByRole('heading', { level: 1, name: 'Bus' }).waitFor();
  await page.getByRole('row', { name: /chat\.turn\.run\.v1 Answered by Chat/ }).waitFor();
  // Who says how much, what waits for them and what was refused or dropped; nobody by a name that only AICO knows.
  const peers = page.getByRole('region', { name: 'Who says how much' });
  await peers.getByRole('row', { name: /^Chat( \d+){5}$/ }).waitFor();
  await product.aico('status');
  await peers.getByRole('rowheader', { name: 'Command line' }).waitFor();
  expect(await page.getByText(/^(cli|aico\.settings)$/).count()).toBe(0);

  // The page's own questions pass too: nothing is hidden but what is sealed.
  const rows = page.getByRole('main').getByRole('listitem').getByRole('button');
  await rows.first().waitFor();
  await page.getByRole('button', { name: 'Pause' }).press('Enter');
  await page.getByText(/^Paused\./).waitFor();
  await page.getByRole('searchbox', { name: 'Filter' }).fill('kernel.bus.stats.v1 reply');
  await page.getByText('Nothing that passed fits the filter.').waitFor();
  await page.getByRole('searchbox', { name: 'Filter' }).fill('kernel.bus.stats.v1');
  const first = rows.first();
  await first.focus();
  await first.press('Enter');
  expect(await first.getAttribute('aria-expanded')).toBe('true');
  await page.getByRole('region', { name: 'What it says' }).waitFor();

  await look(page, 'bus');
  expect(faults).toEqual([]);
}, 120_000);
