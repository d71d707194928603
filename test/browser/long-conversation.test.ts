import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { serveConversations } from '../../core-plugins/console/test/support/console-stand-in.ts';
import { eventually, messages } from './support/app.ts';
import { openWindow } from './support/browser.ts';

/** It takes a tenth of a second on a machine at rest; reading 10,000 messages at once would take far longer than this. */
const OPENS_WITHIN_MS = 5_000;

/** Marks a message that can be seen, and tells where it stands on the screen, px. */
function probe(page: Page): Promise<number> {
  return page.getByRole('log', { name: 'Messages' }).evaluate((log) => {
    const marked = log.querySelector('[data-probe]');
    const seen = [...log.querySelectorAll('[data-entry]')].find((entry) => entry.getBoundingClientRect().top > 80);
    const entry = marked ?? seen;
    entry?.setAttribute('data-probe', '');
    return entry?.getBoundingClientRect().top ?? Number.NaN;
  });
}

test('a conversation of 10,000 messages opens at its end, and reads backwards without a jump [UI-1]', async (context) => {
  const lengths = new Map([
    ['Short', 3],
    ['Long', 10_000],
  ]);
  const { page, faults } = await openWindow(context, await serveConversations(lengths));
  await page.getByText('Message 2.').waitFor();

  const startedAt = performance.now();
  await page.getByRole('link', { name: 'Long' }).click();
  await page.getByText('Message 9999.').waitFor();
  expect(performance.now() - startedAt).toBeLessThan(OPENS_WITHIN_MS);
  expect(await messages(page).count()).toBeLessThan(60);
  await eventually(() => page.getByText('Message 9999.').isVisible()).toBe(true);
  expect(await page.getByRole('button', { name: 'To the latest message' }).count()).toBe(0);

  await page.mouse.move(700, 400);
  for (let turns = 0; turns < 200 && (await messages(page).count()) < 200; turns += 1) await page.mouse.wheel(0, -600);
  await eventually(() => messages(page).count()).toBeGreaterThan(199);
  await page.waitForTimeout(400);

  // The next page goes in above what is being read, which stays where it is.
  await page.getByRole('log', { name: 'Messages' }).evaluate((log) => {
    log.scrollTop = 1_200;
  });
  await page.waitForTimeout(400);
  const count = await messages(page).count();
  const moves: number[] = [];
  for (let turns = 0; turns < 20 && (await messages(page).count()) === count; turns += 1) {
    const before = await probe(page);
    await page.mouse.wheel(0, -100);
    await page.waitForTimeout(400);
    moves.push((await probe(page)) - before);
  }
  expect(await messages(page).count()).toBe(count + 50);
  expect(moves.filter((move) => Math.abs(move - 100) > 4)).toEqual([]);

  await page.getByRole('button', { name: 'To the latest message' }).click();
  await page.getByText('Message 9999.').waitFor();
  await eventually(() => page.getByRole('button', { name: 'To the latest message' }).count()).toBe(0);
  expect(faults).toEqual([]);
}, 60_000);

test('the view follows a reader who is at the end, and leaves one who reads in peace [UI-1]', async (context) => {
  const { page } = await openWindow(context, await serveConversations(new Map([['Long', 400]])));
  await page.getByText('Message 399.').waitFor();
  const fromEnd = (): Promise<number> =>
    page.getByRole('log', { name: 'Messages' }).evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
  await eventually(fromEnd).toBeLessThan(2);
  await page.setViewportSize({ width: 900, height: 600 });
  await eventually(fromEnd).toBeLessThan(2);
  await page.mouse.move(500, 300);
  await page.mouse.wheel(0, -900);
  await page.getByRole('button', { name: 'To the latest message' }).waitFor();
  await page.setViewportSize({ width: 900, height: 700 });
  await page.waitForTimeout(300);
  expect(await fromEnd()).toBeGreaterThan(300);
}, 60_000);
