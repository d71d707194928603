import type { DeadLetter } from '@aico/schemas';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { addPatient } from '../support/patient.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { trustStranger } from '../support/stranger.ts';
import { requireChromium } from '../support/system-tools.ts';
import { messages, say, walkWizard } from './support/app.ts';
import { findBarriers } from './support/axe.ts';
import { openWindow } from './support/browser.ts';

const VIEWS = [
  [1440, 'light'],
  [1440, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const;

test('an event that a plugin keeps failing at is set aside, looked into, tried again and given up [BUS-6, OBS-6]', async (context) => {
  requireChromium(context);
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  await addPatient(product);
  const letters = async (...more: string[]): Promise<readonly DeadLetter[]> => {
    const { stdout } = await product.aico('journal', 'letters', '--group', 'patient/main', '--json', ...more);
    return (JSON.parse(stdout) as { letters: DeadLetter[] }).letters;
  };

  await page.goto(`${product.url}/activity/letters`);
  await page.getByRole('heading', { name: 'Nothing was left unhandled' }).waitFor();
  expect((await product.aico('journal', 'letters')).stdout).toContain('Nothing was left unhandled.');
  await page.goto(product.url);
  await say(page, 'Good morning');
  // What was said and what was answered.
  await expect.poll(async () => (await letters()).length, { timeout: 20_000 }).toBe(2);

  const [answered, said] = await letters();
  expect(said).toMatchObject({
    topic: 'chat.message.created.v1',
    attempts: 1,
    problem: 'I am not well',
    sender: 'chat',
  });
  const shown = await product.aico('journal', 'show', String(said?.sequence));
  expect(shown.stdout).toContain('Good morning');
  const unknown = await product.aico('journal', 'show', '999999');
  expect([unknown.code === 0, unknown.stderr]).toEqual([false, expect.stringContaining('JOURNAL_LETTER_UNKNOWN')]);
  expect((await product.aico('journal', 'status')).stdout).toMatch(/patient\/main.*2 given up/);
  expect(await letters('--topic', 'memory.>')).toEqual([]);

  await page.goto(`${product.url}/activity`);
  await page.getByRole('link', { name: 'What could not be handled' }).click();
  await page.getByText('2 events').waitFor();
  await page.getByRole('button', { name: 'Patient failed at it once' }).last().click();
  await page.getByText('Good morning').waitFor();
  for (const [width, colorScheme] of VIEWS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    expect(await findBarriers(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await say(await conversation(page, product.url), '/patient heal');
  await page.goto(`${product.url}/activity/letters`);
  await page.getByRole('button', { name: 'Patient failed at it once' }).last().click();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await page.getByText('One event').waitFor();
  await expect
    .poll(async () => say(await conversation(page, product.url), '/patient'), { timeout: 20_000 })
    .toContain('Good morning');

  await page.goto(`${product.url}/activity/letters`);
  const filter = page.getByRole('searchbox', { name: 'Filter' });
  await filter.fill('no such problem');
  await page.getByText('0 of 1 events fit').waitFor();
  expect(await page.getByRole('button', { name: 'Give all up' }).isDisabled()).toBe(true);
  await filter.fill('patient NOT WELL');
  await page.getByText('One of 1 events fits').waitFor();
  // By keyboard, first with a change of mind.
  await page.getByRole('button', { name: 'Give all up' }).press('Enter');
  await page.getByRole('alertdialog').getByText('chat.message.created.v1, once, for Patient').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  expect(await letters()).toHaveLength(1);
  await page.getByRole('button', { name: 'Give all up' }).press('Enter');
  await page.getByRole('alertdialog').getByText('This cannot be undone').waitFor();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Give up' }).press('Enter');
  await page.getByRole('heading', { name: 'Nothing was left unhandled' }).waitFor();
  expect(await letters()).toEqual([]);
  const again = await product.aico('journal', 'replay', String(answered?.sequence));
  expect(again.stderr).toContain('JOURNAL_LETTER_UNKNOWN');
  expect(faults).toEqual([]);
}, 120_000);

/** The conversation, on the same page, once it shows what was said. */
async function conversation(page: Page, url: string): Promise<Page> {
  await page.goto(url);
  await messages(page).first().waitFor();
  return page;
}
