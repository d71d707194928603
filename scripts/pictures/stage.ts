import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { Product } from '../../test/support/product.ts';

const PASSWORD = 'the tide keeps seven lanterns';
const CHROMIUM = process.env['AICO_TEST_CHROMIUM'] ?? '/usr/bin/chromium';

/** The running product and a browser that looks at it. */
export interface Stage extends AsyncDisposable {
  readonly home: string;
  readonly product: Product;
  readonly page: Page;
}

/** Starts both, with nothing set up. @param env settings of the product */
export async function openStage(env: Record<string, string>): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'aico-pictures-'));
  const product = await Product.launch(home, env);
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-sync'],
  });
  const context = await browser.newContext({ locale: 'en-GB', colorScheme: 'light', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(product.url);
  return {
    home,
    product,
    page,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await product.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** From the wizard's page for the first password to an empty talk. */
export async function setUp(page: Page): Promise<void> {
  await page.getByLabel('Master password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('The same once more').fill(PASSWORD);
  await page.getByLabel('I have it somewhere safe').check();
  await page.getByRole('button', { name: 'Create the vault' }).click();
  await page.getByRole('button', { name: 'Go on without one' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Go on without one' }).click();
  await page.getByRole('button', { name: /^Begin/ }).click();
  await page.getByRole('textbox', { name: 'Your message' }).waitFor();
}

/** Chooses the one model that there is. */
export async function connectModel(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Connect a model' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name }).click();
  await page.keyboard.press('Escape');
}

/** Says something in a talk and waits until all of the reply is there. */
export async function say(page: Page, text: string): Promise<void> {
  const articles = page.getByRole('log', { name: 'Messages' }).getByRole('article');
  const before = await articles.count();
  const composer = page.getByRole('textbox', { name: 'Your message' });
  await composer.fill(text);
  await composer.press('Enter');
  await articles.nth(before + 1).waitFor();
  await page.getByRole('button', { name: 'Stop the reply' }).waitFor({ state: 'detached' });
}

/** A new talk, with some things said in it. */
export async function talk(page: Page, url: string, ...said: readonly string[]): Promise<void> {
  await page.goto(`${url}/talk`);
  await page.getByRole('textbox', { name: 'Your message' }).waitFor();
  for (const each of said) await say(page, each);
}
