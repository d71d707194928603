import { expect, test } from 'vitest';
import { Product, temporaryHome } from '../support/product.ts';
import { eventually, goTo, messages, say, walkWizard } from './support/app.ts';
import { openWindow } from './support/browser.ts';
import { look } from './support/look.ts';

test('a message, a memory, a person and a conversation are forgotten after a look at what would go, and each leaves a receipt [DATA-7, UI-1]', async (context) => {
  const product = await Product.start({ home: await temporaryHome() });
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  await say(page, 'My heron is called Zephyrine.');
  await say(page, 'I met Ottilie today.');
  await say(page, 'I like long walks.');
  expect((await product.aico('backup', 'create')).code).toBe(0);

  const dialog = page.getByRole('dialog');
  const said = messages(page).filter({ hasText: 'My heron is called Zephyrine.' }).first();
  await said.hover();
  await said.getByRole('button', { name: 'Forget for good' }).click();
  await dialog.getByRole('heading', { name: 'Forget this for good?' }).waitFor();
  const planned = dialog.getByRole('list', { name: 'What would go' });
  await planned.getByText('My heron is called Zephyrine.').first().waitFor();
  expect(await dialog.getByRole('checkbox', { name: 'Make the earlier backup unreadable' }).isChecked()).toBe(true);
  await look(page, 'forget-dialog');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await messages(page).filter({ hasText: 'Zephyrine' }).count()).toBeGreaterThan(0);

  await said.hover();
  await said.getByRole('button', { name: 'Forget for good' }).click();
  await dialog.getByRole('button', { name: /^Forget (it|all)/ }).click();
  await dialog.getByRole('heading', { name: 'Forgotten' }).waitFor({ timeout: 120_000 });
  await dialog.getByText('1 opens no more').waitFor();
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await eventually(() => messages(page).filter({ hasText: 'Zephyrine' }).count()).toBe(0);
  await messages(page).filter({ hasText: 'I like long walks.' }).first().waitFor();

  await goTo(page, 'Memories');
  await page.getByRole('button', { name: 'Forget: I like long walks.' }).click();
  await planned.getByText('I like long walks.').first().waitFor();
  await dialog.getByText('The message itself stays in its conversation').waitFor();
  await dialog.getByRole('checkbox', { name: /^Make the earlier backup/ }).uncheck();
  await dialog.getByRole('button', { name: /^Forget (it|all)/ }).click();
  await dialog.getByRole('heading', { name: 'Forgotten' }).waitFor();
  await page.keyboard.press('Escape');
  await eventually(() => page.getByRole('button', { name: 'Forget: I like long walks.' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Forget: I met Ottilie today.' }).waitFor();

  await goTo(page, 'Settings');
  await page.getByRole('link', { name: 'Forget something' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Forget' }).waitFor();
  await page.getByText('1 opens no more').waitFor();
  await page.getByLabel('From').fill('2026-02-02');
  await page.getByLabel('To, this day included').fill('2026-01-01');
  await page.getByText('It ends before it begins.').waitFor();
  await look(page, 'forget-page');
  await page.getByLabel('Keep conversations').selectOption({ label: 'For 90 days' });
  await page.getByText('What you said stays among the memories').waitFor();
  await page.getByRole('button', { name: 'Show what would go' }).last().click();
  await dialog.getByText(/^No message is from before/).waitFor();
  await look(page, 'keeping-dialog');
  await dialog.getByRole('button', { name: 'Keep it so' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.reload();
  await eventually(() => page.getByLabel('Keep conversations').inputValue()).toBe('90');
  await page.getByLabel('Name', { exact: true }).fill('Zephyrine');
  await page.keyboard.press('Enter');
  await dialog.getByRole('heading', { name: 'Nothing to forget' }).waitFor();
  await dialog.getByText('Nothing of it is kept.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect((await product.aico('plugin', 'enable', 'diary')).code).toBe(0);
  await expect.poll(async () => (await product.aico('plugin', 'info', 'diary')).stdout).toContain('active');
  expect((await product.aico('plugin', 'disable', 'diary')).code).toBe(0);
  await page.keyboard.press('Enter');
  await dialog.getByText('Nothing of it is found.').waitFor();
  await look(page, 'forget-absent');
  await dialog.getByRole('button', { name: 'Forget it there' }).click();
  await dialog.getByRole('heading', { name: 'Forgotten so far' }).waitFor();
  await dialog.getByText('Not done yet: Diary does not run.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByLabel('Name', { exact: true }).fill('ottilie');
  await page.keyboard.press('Enter');
  await planned.getByText('I met Ottilie today.').first().waitFor();
  await dialog.getByRole('checkbox', { name: 'Make the earlier backup unreadable' }).uncheck();
  await dialog.getByText('stays in the backups').waitFor();
  await dialog.getByRole('button', { name: /^Forget (it|all)/ }).click();
  await dialog.getByRole('heading', { name: 'Forgotten' }).waitFor();
  await page.keyboard.press('Escape');
  await eventually(() => page.getByText(/^Receipt /).count()).toBe(4);

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Talk' }).click();
  const row = page.getByRole('link', { name: 'I like long walks.' });
  await row.first().waitFor();
  await row.first().click();
  await messages(page).first().waitFor();
  await page
    .getByRole('button', { name: /^Actions for/ })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Forget for good …' }).click();
  await dialog.getByRole('button', { name: /^Forget (it|all)/ }).click();
  await dialog.getByRole('heading', { name: 'Forgotten' }).waitFor({ timeout: 120_000 });
  await page.keyboard.press('Escape');
  await eventually(() => row.count()).toBe(0);
  await eventually(() => new URL(page.url()).pathname).toBe('/talk');
  expect(faults).toEqual([]);
}, 240_000);
