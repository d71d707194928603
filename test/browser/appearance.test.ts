import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { Product } from '../support/product.ts';
import { requireChromium } from '../support/system-tools.ts';
import { composer, eventually, goTo, say, walkWizard } from './support/app.ts';
import { findBarriers } from './support/axe.ts';
import { openWindow } from './support/browser.ts';

const OWN = 'rgb(246, 241, 232)';
/** The paper of a page as it is painted. */
const paper = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const card = (page: Page, group: string, name: string) =>
  page.getByRole('group', { name: group }).getByRole('radio', { name });

test('the app wears the theme that is chosen, from its first paint on, and its own when the plugin is off [PLG-5, UI-1]', async (context) => {
  requireChromium(context);
  const product = await Product.start();
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await page.emulateMedia({ colorScheme: 'light' });
  await walkWizard(page);
  await goTo(page, 'Settings');
  await page.getByRole('link', { name: 'Choose colours' }).click();
  await page.getByRole('heading', { level: 1, name: 'Appearance' }).waitFor();
  await card(page, 'From AICO', 'Paper and lamp').waitFor();
  expect([await paper(page), await card(page, 'From AICO', 'Paper and lamp').isChecked()]).toEqual([OWN, true]);

  // At once, by the keyboard, and back.
  await card(page, 'From AICO', 'Paper and lamp').focus();
  await page.keyboard.press('ArrowRight');
  await eventually(() => paper(page)).not.toBe(OWN);
  const sea = await paper(page);
  for (const [name, width, colorScheme] of [
    ['Moss', 390, 'dark'],
    ['High contrast', 1440, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await card(page, 'From AICO', name).check({ force: true });
    expect([name, await findBarriers(page)]).toEqual([name, []]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'As it was before' }).click();
  await eventually(() => paper(page)).toBe(OWN);
  await card(page, 'From AICO', 'Sea').check({ force: true });
  await eventually(() => paper(page)).toBe(sea);

  // Before any of the app's own code runs.
  await page.route('**/assets/*.js', (route) => route.abort());
  await page.goto(product.url);
  expect(await paper(page)).toBe(sea);
  await page.unroute('**/assets/*.js');
  // What somebody else wrote there reaches no style.
  await page.evaluate(() =>
    localStorage.setItem(
      'aico.colors',
      JSON.stringify({ '--color-paper': 'url(https://evil.test/x)', color: '#ff0000' }),
    ),
  );
  await page.route('**/assets/*.js', (route) => route.abort());
  await page.goto(product.url);
  expect([await paper(page), await page.evaluate(() => document.documentElement.style.length)]).toEqual([OWN, 0]);
  await page.unroute('**/assets/*.js');
  faults.length = 0;

  await product.aico('plugin', 'install', 'mood');
  expect((await product.aico('plugin', 'enable', 'mood')).code).toBe(0);
  await page.goto(`${product.url}/settings/appearance`);
  await card(page, 'Mood colours', 'Bright').waitFor();
  await card(page, 'Mood colours', 'Changes by itself').check({ force: true });
  expect(await findBarriers(page)).toEqual([]);
  await eventually(async () => [OWN, sea].includes(await paper(page))).toBe(false);
  const calm = await paper(page);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Talk' }).click();
  await composer(page).waitFor();
  await say(page, '/mood bright');
  await eventually(() => paper(page)).not.toBe(calm);
  const bright = await paper(page);
  expect([OWN, sea]).not.toContain(bright);

  expect((await product.aico('plugin', 'disable', 'mood')).code).toBe(0);
  await eventually(() => paper(page)).toBe(OWN);
  await page.goto(`${product.url}/settings/appearance`);
  await page.getByText('belong to a plugin that is off or gone').waitFor();
  expect((await product.aico('plugin', 'enable', 'mood')).code).toBe(0);
  await eventually(() => paper(page)).toBe(bright);
  expect(faults).toEqual([]);
}, 180_000);
