import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished, type TestContext } from 'vitest';
import { requireChromium } from '../../support/system-tools.ts';

/** Quiet, sandboxless for containers, and without any call home. */
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** How long a step may take; much, for machines that do several things at once. */
const WITHIN_MS = 60_000;

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
  readonly language?: 'en-GB' | 'de-DE';
  readonly reducedMotion?: 'reduce' | 'no-preference';
}

/** A page in a Chromium of its own, with everything that went wrong in it. */
export interface Window {
  readonly page: Page;
  /** Uncaught errors, console errors and requests to any other host than the app's. */
  readonly faults: string[];
}

/** Opens an address in a real Chromium; skips the test, with the reason, where there is none. */
export async function openWindow(
  test: Pick<TestContext, 'skip'>,
  url: string,
  {
    width = 1440,
    height = 900,
    theme = 'light',
    language = 'en-GB',
    reducedMotion = 'no-preference',
  }: PageOptions = {},
): Promise<Window> {
  const browser = await launch(test);
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale: language,
    reducedMotion,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN_MS);
  onTestFinished(({ task: { result } }) => (result?.state === 'fail' ? tell(page) : undefined));
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    // What the network says about itself is no fault of the page: a refused password is a 401.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    // What a page made itself, `blob:`, is of the page's origin.
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(url).origin) faults.push(`asked another host: ${request.url()}`);
  });
  await page.goto(url);
  return { page, faults };
}

/** What a person would have seen where a test gave up; a page that answers no more hides no failure. */
async function tell(page: Page): Promise<void> {
  const text = await page.locator('body').ariaSnapshot({ timeout: 5000 }).catch(String);
  process.stderr.write(`${page.url()} showed:\n${text}\n`);
}

async function launch(context: Pick<TestContext, 'skip'>): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: requireChromium(context), args: FLAGS });
  onTestFinished(() => browser.close());
  return browser;
}
