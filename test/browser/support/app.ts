import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

export const PASSWORD = 'the tide keeps seven lanterns';
/** How long a test waits for what should come; much, for machines that do several things at once. */
const WITHIN_MS = 60_000;

/** Expects what `read` gives, looking again until it fits. */
export function eventually<Value>(read: () => Value | Promise<Value>): ReturnType<typeof expect.poll<Value>> {
  return expect.poll(read, { timeout: WITHIN_MS, interval: 50 });
}

/** Walks the wizard from the first page to the recovery code. */
export async function createVault(page: Page, password: string = PASSWORD): Promise<void> {
  await page.getByRole('button', { name: 'Set a master password' }).click();
  await page.getByLabel('Master password', { exact: true }).fill(password);
  await page.getByLabel('The same once more').fill(password);
  await page.getByLabel('I have it somewhere safe').check();
  await page.getByRole('button', { name: 'Create the vault' }).click();
  await page.getByRole('heading', { name: 'Your recovery code' }).waitFor();
}

/** Walks the wizard from the first page to an empty conversation, without a recovery code. */
export async function walkWizard(page: Page, password: string = PASSWORD): Promise<void> {
  await createVault(page, password);
  await page.getByRole('button', { name: 'Go on without one' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Go on without one' }).click();
  await page.getByRole('heading', { name: 'The vault is yours' }).waitFor();
  await page.getByRole('button', { name: /^Begin/ }).click();
  await composer(page).waitFor();
}

/** Types the master password on the locked page. */
export async function unlock(page: Page, password: string = PASSWORD): Promise<void> {
  await page.getByLabel('Master password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

export function composer(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Your message' });
}

/** Every message of the conversation on show, oldest first. */
export function messages(page: Page): Locator {
  return page.getByRole('log', { name: 'Messages' }).getByRole('article');
}

/** Says something and waits for the whole reply; returns its text. */
export async function say(page: Page, text: string): Promise<string> {
  const before = await messages(page).count();
  await composer(page).fill(text);
  await composer(page).press('Enter');
  await eventually(() => messages(page).count()).toBe(before + 2);
  await eventually(() => page.getByRole('button', { name: 'Stop the reply' }).count()).toBe(0);
  return messages(page).last().innerText();
}

/** All that a document holds: its title, its text, its attributes, and what stands in its fields. */
export function wholeDocument(page: Page): Promise<string> {
  return page.evaluate(() => {
    const fields = [...document.querySelectorAll('input, textarea')] as HTMLInputElement[];
    return [document.title, document.documentElement.outerHTML, ...fields.map(({ value }) => value)].join('\n');
  });
}

/** Goes to a page of the main navigation. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}
