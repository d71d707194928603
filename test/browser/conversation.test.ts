import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { Product } from '../support/product.ts';
import { requireChromium } from '../support/system-tools.ts';
import { composer, createVault, eventually, messages, say, unlock, walkWizard, wholeDocument } from './support/app.ts';
import { openWindow } from './support/browser.ts';
import { refuse } from './support/refuse.ts';

test('from the wizard to a conversation that is remembered after kill -9, and a forgotten password [UI-1, SEC-3, SVC-7]', async (context) => {
  requireChromium(context);
  const first = await Product.start();
  const { page, faults } = await openWindow(context, first.url);
  await createVault(page);
  const code = (await page.getByRole('region', { name: 'Recovery code' }).innerText()).replace(/\s/g, '');
  expect(code).toMatch(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
  await page.getByRole('button', { name: 'I wrote it down' }).click();
  await page.getByRole('button', { name: /^Begin/ }).click();
  await composer(page).waitFor();
  // Once it was shown it is nowhere in the browser.
  const kept = await page.evaluate(() =>
    JSON.stringify([location.href, localStorage, sessionStorage, document.body.innerHTML]),
  );
  expect(kept).not.toContain(code.slice(0, 9));
  await say(page, 'My name is Robin, and my cat is called Turing.');
  const address = new URL(page.url()).pathname;
  expect(address).toMatch(/^\/talk\/[0-9a-f-]{36}$/);
  await first.stop('SIGKILL');
  await page.getByText('AICO is not answering.', { exact: true }).waitFor();

  const second = await Product.start({ home: first.home, env: { AICO_PLUGINS_GATEWAY_PORT: new URL(first.url).port } });
  expect(second.url).toBe(first.url);
  // Nobody touches the page: it notices by itself that AICO is back, and locked.
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  expect((await wholeDocument(page)).match(/Robin|Turing/g)).toBeNull();
  await page.getByRole('button', { name: 'Forgot the password?' }).click();
  const next = 'nine herons over the weir';
  await page.getByLabel('Recovery code').fill('0123-4567');
  await page.getByLabel('New master password').fill(next);
  await page.getByLabel('The same once more').fill(next);
  await page.keyboard.press('Enter');
  await page.getByText('The recovery code is not right.').first().waitFor();
  await page.getByLabel('Recovery code').fill(code.toLowerCase());
  await page.keyboard.press('Enter');
  await eventually(() => messages(page).count()).toBe(2);
  expect(new URL(page.url()).pathname).toBe(address);

  await page.getByRole('button', { name: 'New conversation' }).first().click();
  expect(await say(page, 'What is my cat called?')).toContain('Turing');
  await messages(page).last().getByText('Remembered one thing').click();
  await messages(page).last().getByText('my cat is called Turing').last().waitFor();
  expect(faults).toEqual([]);
}, 120_000);

test('what is written while AICO is away is kept, and sent once when it is back [UI-3, BUS-6]', async (context) => {
  requireChromium(context);
  const first = await Product.start();
  const { page } = await openWindow(context, first.url);
  await walkWizard(page);
  await say(page, 'Hello');
  await first.stop('SIGKILL');
  await page.getByText('AICO is not answering.', { exact: true }).waitFor();
  const field = page.getByRole('textbox', { name: 'Your message' });
  await field.fill('Are you there?');
  await field.press('Enter');
  await page.getByText('Goes out when AICO is back.').waitFor();
  await field.fill('A half thought');
  const address = page.url();
  await page.getByRole('button', { name: 'New conversation' }).first().click();
  await field.fill('A new beginning');
  await field.press('Enter');
  await messages(page).getByText('Goes out when AICO is back.').waitFor();
  await page.goBack();
  await page.getByText('Are you there?', { exact: true }).waitFor();

  await Product.start({ home: first.home, env: { AICO_PLUGINS_GATEWAY_PORT: new URL(first.url).port } });
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await unlock(page);
  await eventually(() => messages(page).count()).toBe(4);
  await eventually(() => page.getByText('Goes out when AICO is back.').count()).toBe(0);
  expect(await page.getByText('Are you there?', { exact: true }).count()).toBe(1);
  expect(await field.inputValue()).toBe('A half thought');
  expect(page.url()).toBe(address);
  await page.getByRole('link', { name: 'A new beginning' }).click();
  await eventually(() => messages(page).count()).toBe(2);

  await page.goto(address);
  await eventually(() => messages(page).count()).toBe(4);
}, 120_000);

test('a reply can be stopped and tried again, and what was said of it stays; a name that was not saved stays typed [UI-1, UI-2]', async (context) => {
  requireChromium(context);
  const product = await Product.start({ env: { AICO_PLUGINS_LLM_SCRIPTED_WORD_MS: '250' } });
  const { page, faults } = await openWindow(context, product.url);
  await walkWizard(page);
  const field = page.getByRole('textbox', { name: 'Your message' });
  await field.fill('Tell me what you can do for me.');
  await field.press('Enter');
  const reply = messages(page).last();
  await eventually(async () => (await reply.innerText()).length).toBeGreaterThan(12);
  await page.getByRole('button', { name: 'Stop the reply' }).click();
  await page.getByText('Stopped by you.').waitFor();
  expect(await messages(page).count()).toBe(2);
  await reply.getByRole('button', { name: 'Another try' }).click();
  await page.getByRole('button', { name: 'Stop the reply' }).waitFor();
  // A second tab reads along with the reply that the first one asked for.
  const second = await page.context().newPage();
  await second.goto(page.url());
  await eventually(() => messages(second).count()).toBe(2);
  await eventually(() => page.getByRole('button', { name: 'Stop the reply' }).count()).toBe(0);
  const said = await page.locator('.prose').last().innerText();
  await eventually(() => second.locator('.prose').last().innerText()).toBe(said);
  expect(await messages(page).count()).toBe(2);

  await second.close();
  const refused = await refuse(page, 'chat.conversation.rename.v1');
  const list = page.getByRole('navigation', { name: 'Conversations' });
  await list.getByRole('button', { name: /^Actions/ }).press('Enter');
  await page.getByRole('menuitem', { name: 'Rename' }).press('Enter');
  const name = page.getByRole('textbox', { name: 'Name of the conversation' });
  const hasFocus = (locator: Locator): Promise<boolean> => locator.evaluate((each) => each === document.activeElement);
  await eventually(() => hasFocus(name)).toBe(true);
  await name.fill('What it can do');
  // The Enter that ends what an input method composes saves nothing.
  await name.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  await name.press('Enter');
  await page.getByText('It was refused for a test.').waitFor();
  expect(await name.inputValue()).toBe('What it can do');
  refused.clear();
  // Who goes on elsewhere saves it, too, and stays there.
  await composer(page).click();
  await list.getByRole('link', { name: 'What it can do' }).waitFor();
  expect(await hasFocus(composer(page))).toBe(true);
  expect(faults).toEqual([]);
}, 120_000);

test('nothing that was said stays in a locked page; a wrong password is refused, then throttled with a countdown, and the right one opens [SEC-3, SEC-5, UI-2]', async (context) => {
  requireChromium(context);
  const product = await Product.start();
  const { page, faults } = await openWindow(context, product.url);
  await walkWizard(page);
  await say(page, 'Quentin is a heron.');
  await page.getByRole('button', { name: 'New conversation' }).first().press('Enter');
  await say(page, 'Quentin likes trout.');
  const list = page.getByRole('navigation', { name: 'Conversations' });
  await list.getByRole('button', { name: /trout/ }).press('Enter');
  await page.getByRole('menuitem', { name: 'Delete', exact: true }).press('Enter');
  await page.getByText('What is remembered of it stays, until you forget it.').waitFor();
  // A notice stays while the pointer rests on it.
  await page.getByRole('group').filter({ hasText: 'trout' }).hover();
  await list.getByRole('link', { name: /heron/ }).press('Enter');
  await eventually(() => messages(page).count()).toBe(2);
  await composer(page).fill('Quentin was here ag');
  await list.getByRole('button', { name: /heron/ }).press('Enter');
  await page.getByRole('menuitem', { name: /^Forget/ }).press('Enter');
  await page.getByRole('dialog').getByText('Quentin').first().waitFor();
  // Nobody touches this page: it is locked from another one.
  const other = await page.context().newPage();
  await other.goto(product.url);
  await other.getByRole('button', { name: 'Lock', exact: true }).click();
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  for (const each of [page, other]) expect((await wholeDocument(each)).match(/Quentin|heron|trout/g)).toBeNull();
  await other.close();
  const wait = page.locator('p').filter({ hasText: 'The next try is possible in' });
  const password = page.getByLabel('Master password', { exact: true });
  for (let tries = 0; tries < 8 && (await wait.count()) === 0; tries += 1) {
    await unlock(page, 'not the password');
    // The field is emptied when the answer is there; while a wait runs, nothing is asked at all.
    await eventually(async () => (await wait.count()) > 0 || (await password.inputValue()) === '').toBe(true);
  }
  await wait.first().waitFor();
  expect(await page.getByRole('button', { name: 'Unlock' }).isDisabled()).toBe(true);
  await expect.poll(() => wait.count(), { timeout: 90_000 }).toBe(0);
  await unlock(page);
  // What was being written is there again, and nothing that was open lies over it.
  await eventually(() => messages(page).count()).toBe(2);
  expect(await composer(page).inputValue()).toBe('Quentin was here ag');
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(faults).toEqual([]);
}, 120_000);
