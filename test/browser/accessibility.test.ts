import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { Product } from '../support/product.ts';
import { requireChromium } from '../support/system-tools.ts';
import { composer, createVault, eventually, goTo, PASSWORD, say } from './support/app.ts';
import { findBarriers } from './support/axe.ts';
import { openWindow } from './support/browser.ts';
import { refuse } from './support/refuse.ts';

/** Looks at the page as it stands in both themes; returns what is wrong, with where. */
async function look(page: Page, where: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await findBarriers(page)).map((barrier) => `${where}, ${colorScheme}: ${barrier}`));
  }
  return found;
}

/** An API key stays typed until it is kept; a server goes once that is confirmed; errors offer another try. */
async function tryServer(page: Page, refused: Set<string>, at: (where: string) => Promise<void>): Promise<void> {
  await composer(page).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('connect a model');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Who answers' });
  await dialog.getByRole('alert').waitFor();
  await at('models with an error');
  refused.delete('llm.status.get.v1');
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await dialog.getByRole('button', { name: 'Add a server' }).click();
  await dialog.getByLabel('Name').fill('Attic');
  await dialog.getByLabel('Address').fill('http://127.0.0.1:9');
  await dialog.getByLabel('API key').fill('sesame');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByRole('alert').waitFor();
  expect(await dialog.getByLabel('API key').inputValue()).toBe('sesame');
  refused.clear();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const remove = dialog.getByRole('button', { name: 'Remove Attic' });
  await remove.click();
  const question = page.getByRole('alertdialog', { name: 'Remove Attic?' });
  await at('removing a server');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  await remove.click();
  await question.getByRole('button', { name: 'Remove' }).click();
  await remove.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
}

/** A code that is being made cannot be cancelled; one goes once that is confirmed, and why not is told. */
async function tryRecovery(page: Page, refused: Set<string>, at: (where: string) => Promise<void>): Promise<void> {
  refused.add('vault.recovery.drop.v1');
  const password = page.getByLabel('Master password', { exact: true });
  await password.fill(PASSWORD);
  await password.press('Enter');
  const cancellable = await page
    .getByRole('button', { name: /^Mak(e|ing) the code/ })
    .evaluate((make) => !(make.nextElementSibling as HTMLButtonElement).disabled);
  expect(cancellable).toBe(false);
  await page.getByRole('button', { name: 'I wrote it down' }).click();
  await page.getByRole('button', { name: 'Take it away' }).click();
  const question = page.getByRole('alertdialog', { name: 'Without a recovery code?' });
  await question.getByRole('button', { name: 'Take it away' }).click();
  await question.getByRole('alert').getByText('It was refused for a test.').waitFor();
  await at('taking the recovery code away');
  refused.clear();
  await question.getByRole('button', { name: 'Take it away' }).click();
  await page.getByText('There is none: a forgotten password cannot be replaced.').waitFor();
}

test('axe finds nothing on any page, light or dark, also where something failed or is asked [UI-1, UI-3]', async (context) => {
  requireChromium(context);
  const product = await Product.start();
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  const found: string[] = [];
  const at = async (where: string): Promise<void> => void found.push(...(await look(page, where)));

  await page.getByRole('button', { name: 'Set a master password' }).waitFor();
  await at('welcome');
  await page.getByRole('button', { name: 'Set a master password' }).click();
  await page.getByRole('button', { name: 'Create the vault' }).click();
  await at('password with errors');
  await page.goto(product.url);
  await page.getByRole('button', { name: 'Set a master password' }).waitFor();
  await createVault(page);
  await page.getByRole('region', { name: 'Recovery code' }).waitFor();
  await at('recovery code');
  await page.getByRole('button', { name: 'I wrote it down' }).click();
  await page.getByRole('button', { name: /^Begin/ }).click();
  await composer(page).waitFor();
  await at('empty conversation');
  await say(page, 'My name is Robin, and I like the sea.');
  // What is said is remembered a moment later; asking again gives it that moment.
  const remembered = page.locator('summary').filter({ hasText: 'Remembered' });
  for (let asked = 0; asked < 5 && (await remembered.count()) === 0; asked += 1) {
    await say(page, 'What do you know about me and the sea?');
  }
  await remembered.last().click();
  await at('conversation');
  await composer(page).fill('/');
  await at('command list');
  await composer(page).fill('');
  await page.keyboard.press('Control+k');
  for (const name of ['Gallery', 'What left this machine', 'Forget', 'Export and import'])
    await page.getByRole('dialog').getByRole('option', { name }).waitFor();
  await at('command menu');
  await page.keyboard.press('Escape');
  await page.getByRole('complementary').getByRole('button', { name: 'Connect a model' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add a server' }).click();
  await at('models');
  await page.keyboard.press('Escape');
  const refused = await refuse(page, 'llm.status.get.v1', 'llm.provider.put.v1');
  await tryServer(page, refused, at);
  await goTo(page, 'Memories');
  await page
    .getByRole('button', { name: /^Forget/ })
    .first()
    .click();
  const forgetting = page.getByRole('dialog');
  await forgetting.getByRole('button', { name: /^Forget (it|all)/ }).waitFor();
  await at('forget');
  await forgetting.getByRole('button', { name: 'Cancel' }).click();
  await at('memories');
  await page.goto(`${product.url}/plugins/dice`);
  await page.locator('#plugin-dice').getByText('It may answer its own chat commands.').waitFor();
  await at('plugins');
  await goTo(page, 'Activity');
  await page.getByText('All is well').waitFor();
  await at('activity');
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByRole('button', { name: 'Make a new recovery code' }).click();
  await at('settings');
  await tryRecovery(page, refused, at);
  await page.goto(`${product.url}/nowhere`);
  await page.getByText('There is no such page').last().waitFor();
  await at('missing');
  await page.setViewportSize({ width: 390, height: 844 });
  await at('missing on a phone');
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog').waitFor();
  await at('drawer on a phone');
  await page.getByRole('dialog').getByRole('button', { name: 'Lock' }).click();
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await at('locked');
  await page.getByRole('button', { name: 'Forgot the password?' }).click();
  await page.getByRole('button', { name: 'Set the password and unlock' }).click();
  await page.getByText('Type the recovery code.').first().waitFor();
  await at('forgotten');
  await page.route('**/api/v1/session', (route) => route.fulfill({ status: 500, body: '{}' }));
  await page.reload();
  await page.getByRole('heading', { name: 'AICO answers with an error' }).waitFor();
  await at('error at the first look');
  await page.unroute('**/api/v1/session');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  expect(found).toEqual([]);
  expect(faults).toEqual([]);
}, 240_000);

/** Presses Tab until the focus is on something of that name; fails when it goes round without meeting it. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const wanted = typeof name === 'string' ? new RegExp(`^${name}$`) : name;
  const met: string[] = [];
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const { label, visible } = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement;
      const labelled = (focused as HTMLInputElement).labels?.[0]?.textContent;
      const ringed = (element: Element | null): boolean => {
        if (!element) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle !== 'none' && outlineWidth !== '0px';
      };
      return {
        label: (focused.getAttribute('aria-label') ?? labelled ?? focused.textContent ?? '').trim(),
        visible: ringed(focused) || ringed(focused.parentElement) || focused === document.body,
      };
    });
    expect(visible, `the focus on "${label}" can be seen`).toBe(true);
    if (wanted.test(label)) return;
    met.push(label);
  }
  throw new Error(`Tab never reached ${String(name)}; it met ${met.join(' | ')}`);
}

test('everything can be done by keyboard alone, and the focus is always seen [UI-1]', async (context) => {
  requireChromium(context);
  const product = await Product.start();
  const { page, faults } = await openWindow(context, product.url);
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  const press = (key: string): Promise<void> => page.keyboard.press(key);

  await page.getByRole('heading', { level: 1 }).waitFor();
  await tabTo(page, 'Set a master password');
  await press('Enter');
  await eventually(focused).toBe('Your master password');
  await tabTo(page, 'Master password');
  await page.keyboard.type(PASSWORD);
  await tabTo(page, 'The same once more');
  await page.keyboard.type(PASSWORD);
  await tabTo(page, /^I have it somewhere safe/);
  await press('Space');
  await tabTo(page, 'Create the vault');
  await press('Enter');
  await eventually(focused).toBe('Your recovery code');
  await page.getByRole('region', { name: 'Recovery code' }).waitFor();
  await tabTo(page, 'I wrote it down');
  await press('Enter');
  await eventually(focused).toBe('The vault is yours');
  await page.getByRole('button', { name: /^Begin/ }).waitFor();
  await tabTo(page, /^Begin/);
  await press('Enter');
  await composer(page).waitFor();
  await eventually(() => composer(page).evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.type('Hello there');
  await press('Shift+Enter');
  await page.keyboard.type('on two lines');
  await press('Enter');
  await page.getByText('Hello there').first().waitFor();

  await press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type('plug');
  await press('Enter');
  await eventually(focused).toBe('Plugins');
  await page.getByRole('switch', { name: 'Run Dice' }).waitFor();
  await tabTo(page, 'Run Dice');
  await press('Space');
  await eventually(() => page.getByRole('switch', { name: 'Run Dice' }).isChecked()).toBe(true);

  await page.goto(`${product.url}/settings`);
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await press('Tab');
  expect(await focused()).toBe('Skip to the content');
  await press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
  await tabTo(page, 'Change the password');
  await tabTo(page, 'Lock now');
  await press('Enter');
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await page.keyboard.type(PASSWORD);
  await press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  expect(faults).toEqual([]);
}, 120_000);
