import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { Product } from '../support/product.ts';
import { requireChromium } from '../support/system-tools.ts';
import { composer, eventually, goTo, say, walkWizard } from './support/app.ts';
import { openWindow } from './support/browser.ts';

function card(page: Page, name: string): Locator {
  return page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name, exact: true }) });
}

async function switchTo(page: Page, name: string, on: boolean): Promise<void> {
  await goTo(page, 'Plugins');
  await page.getByRole('switch', { name: `Run ${name}` }).click();
  await card(page, name)
    .getByText(on ? 'Running' : 'Off', { exact: true })
    .waitFor();
}

test('dice and diary are switched on, used and switched off while the conversation goes on [PLG-1, PLG-9]', async (context) => {
  requireChromium(context);
  const product = await Product.start();
  const { page, faults } = await openWindow(context, product.url);
  await walkWizard(page);
  await say(page, 'Hello');
  const conversation = page.url();

  await switchTo(page, 'Dice', true);
  await switchTo(page, 'Diary', true);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Talk' }).click();
  await composer(page).fill('/ro');
  await page.getByRole('option', { name: /roll/ }).click();
  expect(await composer(page).inputValue()).toBe('/roll ');
  expect(await say(page, '/roll 2d6')).toMatch(/\d/);
  await say(page, '/diary A good day at sea.');
  expect(await say(page, '/diary')).toContain('A good day at sea.');
  expect(page.url()).toBe(conversation);

  await switchTo(page, 'Dice', false);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Talk' }).click();
  await composer(page).fill('/ro');
  await eventually(() => page.getByRole('option', { name: /roll/ }).count()).toBe(0);
  await say(page, 'Still here?');
  expect(faults).toEqual([]);
}, 120_000);

test('a plugin says in plain words what it may do and how it is kept apart [PLG-2, SEC-8]', async (context) => {
  requireChromium(context);
  const product = await Product.start();
  const { page, faults } = await openWindow(context, product.url);
  await walkWizard(page);
  await page.goto(`${product.url}/plugins/dice`);
  const dice = card(page, 'Dice');
  await dice.getByText('It may answer its own chat commands.').waitFor();
  await dice.getByText('To roll when you type /roll in the chat.').waitFor();
  await dice.getByText('no files, no network').waitFor();
  const vault = card(page, 'Vault');
  expect(await vault.getByRole('switch').count()).toBe(0);
  await vault.getByText('Always on: AICO cannot run without it.').waitFor();
  expect(faults).toEqual([]);
}, 60_000);

test('what happens is listed as it happens, and what is remembered can be forgotten [OBS-6, DATA-7]', async (context) => {
  requireChromium(context);
  const product = await Product.start();
  const { page, faults } = await openWindow(context, product.url);
  await walkWizard(page);
  await say(page, 'My sister is called Ada.');
  await goTo(page, 'Activity');
  await page.getByText(product.url, { exact: true }).waitFor();
  expect((await product.aico('plugin', 'enable', 'dice')).code).toBe(0);
  await page.getByRole('listitem').filter({ hasText: 'Dice: Running' }).first().waitFor();

  await goTo(page, 'Memories');
  const memory = page.getByRole('listitem').filter({ hasText: 'My sister is called Ada.' });
  await memory.getByRole('button', { name: /^Forget/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /^Forget (it|all)/ }).click();
  await dialog.getByRole('heading', { name: 'Forgotten' }).waitFor();
  await page.keyboard.press('Escape');
  await eventually(() => memory.count()).toBe(0);
  expect(faults).toEqual([]);
}, 60_000);
