import { expect, test } from 'vitest';
import { Product } from '../support/product.ts';
import { requireChromium } from '../support/system-tools.ts';
import { eventually, goTo, say, walkWizard } from './support/app.ts';
import { findBarriers } from './support/axe.ts';
import { openWindow } from './support/browser.ts';

/** The place of its permission to keep something, among those of Habits. */
const STORAGE = 6;

test('a plugin of the gallery is installed with what its user allows, used, and removed [PLG-2, PLG-9, UI-1]', async (context) => {
  requireChromium(context);
  const product = await Product.start();
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  await goTo(page, 'Plugins');
  await page.getByRole('link', { name: 'Add from the gallery' }).click();
  await page.getByRole('heading', { level: 1, name: 'Gallery' }).waitFor();
  const habits = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Habits' }) });
  const dice = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Dice' }) });
  // What belongs to the product is here already, and stays; it says that it is off, and goes on from here.
  await dice.getByRole('link', { name: 'Off' }).waitFor();
  expect(await dice.getByText('Installed').count()).toBe(0);
  await dice.getByRole('button', { name: 'Switch on Dice' }).click();
  await dice.getByText('Installed').waitFor();
  expect(await dice.getByRole('button').count()).toBe(0);
  // None is mistaken for another.
  const icons = await page
    .locator('h2')
    .evaluateAll((titles) =>
      titles.map((title) => title.parentElement?.previousElementSibling?.innerHTML.replaceAll(/<!--.*?-->/g, '')),
    );
  expect(new Set(icons).size).toBe(icons.length);
  // A picture of each in use, of its own origin, fetched as it comes into view.
  const picture = habits.getByRole('img', { name: 'Habits in use' });
  await picture.scrollIntoViewIfNeeded();
  await eventually(() => picture.evaluate((each) => (each as HTMLImageElement).naturalWidth)).toBe(960);
  expect((await fetch(`${product.url}/gallery-pictures/habits`)).status).toBe(401);
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    expect(await findBarriers(page)).toEqual([]);
  }
  // In the dark it is shown in dark colours.
  expect(await picture.getAttribute('src')).toContain('&dark');
  await picture.scrollIntoViewIfNeeded();
  await eventually(() => picture.evaluate((each) => (each as HTMLImageElement).naturalWidth)).toBe(960);
  await page.setViewportSize({ width: 1440, height: 900 });

  await habits.getByRole('button', { name: 'Install Habits' }).focus();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: 'Install Habits?' });
  await sheet.getByText('To keep what you did on which day, encrypted.').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await sheet.getByRole('checkbox').nth(STORAGE).uncheck();
  await sheet.getByRole('button', { name: 'Install' }).click();
  await habits.getByText('Installed').waitFor();
  const info = async () => JSON.parse((await product.aico('plugin', 'info', 'habits', '--json')).stdout) as never;
  await eventually(info).toMatchObject({
    state: 'active',
    permissions: Array.from({ length: 8 }, (_, at) => ({ granted: at !== STORAGE })),
  });
  expect((await product.aico('plugin', 'allow', 'habits', 'storage.sql.batch.v1')).code).toBe(0);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Talk' }).click();
  expect(await say(page, '/habit add Walk')).toContain('Added: Walk');

  await page.goto(`${product.url}/gallery`);
  await habits.getByRole('button', { name: 'Remove Habits' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await habits.getByRole('button', { name: 'Install Habits' }).waitFor();
  expect((await product.aico('plugin', 'install', 'habits')).stdout).toContain(
    'Switch it on with: aico plugin enable habits',
  );
  await habits.getByText('Waits for your consent').waitFor();
  await habits.getByRole('button', { name: 'Install Habits' }).click();
  await page.getByRole('dialog', { name: 'Install Habits?' }).getByRole('button', { name: 'Install' }).click();
  await habits.getByText('Installed').waitFor();
  await eventually(info).toMatchObject({ state: 'active' });
  expect(faults).toEqual([]);
}, 120_000);
