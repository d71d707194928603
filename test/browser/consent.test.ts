import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { PluginInfo } from '@aico/schemas';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';
import { requireChromium } from '../support/system-tools.ts';
import { composer, eventually, messages, walkWizard } from './support/app.ts';
import { findBarriers } from './support/axe.ts';
import { openWindow } from './support/browser.ts';

const CODE = `export default { async activate({ bus, permissions }) {
  await bus.serve('plugin.curious.command.run.v1', async ({ data }) => {
    const asked = ['memory.recall.v1', ...(data.arguments === 'twice' ? ['memory.list.v1'] : [])];
    const said = await Promise.all(asked.map((topic) => permissions.request('request', topic)));
    return { text: said.map((yes) => yes ? 'You said yes.' : 'You said no.').join(' ') };
  });
} };`;
const PERMISSIONS = [
  { verb: 'serve', topic: 'plugin.curious.command.run.v1', reason: 'To answer when you type /curious.' },
  {
    verb: 'request',
    topic: 'net.http.fetch.v1',
    constraints: { hosts: ['news.example.org', 'ads.example.org'] },
    reason: 'To fetch the news.',
  },
  { verb: 'request', topic: 'memory.recall.v1', reason: 'To know what you care for.', optional: true },
];
const LISTS = { verb: 'request', topic: 'memory.list.v1', reason: 'To count what you said.', optional: true };

async function curious(permissions: readonly object[] = PERMISSIONS) {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const pack = async (version: string, permissions: readonly object[]): Promise<string> =>
    packStranger(await mkdtemp(join(home, 'packed-')), 'curious', CODE, {
      name: 'Curious',
      version,
      permissions,
      contributes: { commands: [{ name: 'curious', description: 'Asks' }] },
    });
  const info = async (): Promise<PluginInfo> =>
    JSON.parse((await product.aico('plugin', 'info', 'curious', '--json')).stdout) as PluginInfo;
  expect((await product.aico('plugin', 'install', await pack('1.0.0', permissions))).code).toBe(0);
  await product.aico('plugin', 'enable', 'curious');
  const hosts = async (): Promise<unknown> =>
    (await info()).permissions.find(({ permission }) => permission.topic === 'net.http.fetch.v1')?.choices;
  return { product, pack, info, hosts };
}

/** Looks at the page in both themes; returns what is wrong. */
async function look(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await findBarriers(page)));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

/** Clicks each button of a question at the moment when it comes up, as somebody does who was about to click there. */
async function clickWhatComesUp(page: Page): Promise<void> {
  await page.evaluate(() => {
    const clicked = new WeakSet<Element>();
    const click = (): void => {
      for (const button of document.querySelectorAll<HTMLElement>('[role=alertdialog] button')) {
        if (clicked.has(button)) continue;
        clicked.add(button);
        button.click();
      }
    };
    new MutationObserver(click).observe(document.body, { childList: true, subtree: true });
  });
}

function card(page: Page): Locator {
  return page.locator('#plugin-curious');
}

test('one host of a permission is taken away, stays away in the next version, and comes back with undo [PLG-2, SEC-8]', async (context) => {
  requireChromium(context);
  const { product, pack, hosts, info } = await curious();
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  await page.goto(`${product.url}/plugins/curious`);
  await card(page).getByRole('checkbox', { name: 'ads.example.org' }).uncheck();
  await eventually(hosts).toMatchObject([
    { value: 'news.example.org', granted: true },
    { value: 'ads.example.org', granted: false },
  ]);
  const more = { ...PERMISSIONS[1], constraints: { hosts: ['news.example.org', 'ads.example.org', 'b.example.org'] } };
  await product.aico('plugin', 'install', await pack('2.0.0', [PERMISSIONS[0], more, PERMISSIONS[2]] as object[]));
  await page.getByRole('heading', { name: 'Version 2.0.0 asks for more' }).waitFor();
  expect(await look(page)).toEqual([]);
  await page.getByRole('button', { name: 'Allow and update' }).click();
  await eventually(hosts).toMatchObject([
    { granted: true },
    { value: 'ads.example.org', granted: false },
    { granted: true },
  ]);

  const answers = async () => (await info()).permissions.find(({ permission }) => permission.verb === 'serve')?.granted;
  await card(page)
    .getByRole('button', { name: /^Refuse it to answer its own chat commands/ })
    .click();
  await eventually(answers).toBe(false);
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually(answers).toBe(true);
  expect(faults).toEqual([]);
}, 120_000);

test('what is optional is asked for when it is used, wherever its user is, each question by itself, and the answer is remembered [PLG-2, SEC-8]', async (context) => {
  requireChromium(context);
  const { product, info } = await curious([...PERMISSIONS, LISTS]);
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  await clickWhatComesUp(page);
  await composer(page).fill('/curious twice');
  await composer(page).press('Enter');
  const question = page.getByRole('alertdialog');
  await question.getByText('May Curious recall what you said before?').waitFor();
  await question.getByText('To know what you care for.').waitFor();
  expect(await look(page)).toEqual([]);
  await question.getByRole('button', { name: 'Allow' }).click();
  await question.getByText('To count what you said.').waitFor();
  await question.getByRole('button', { name: 'Refuse' }).click();
  await eventually(() => messages(page).last().innerText()).toContain('You said yes. You said no.');
  const optional = (await info()).permissions.filter(({ permission }) => permission.optional === true);
  expect(optional).toMatchObject([{ granted: true, risk: 'high' }, { granted: false }]);
  expect(faults).toEqual([]);
}, 120_000);

test('a question is answered on the command line as well [PLG-2, SEC-8]', async (context) => {
  requireChromium(context);
  const { product, info } = await curious();
  const { page } = await openWindow(context, product.url);
  await walkWizard(page);
  await composer(page).fill('/curious ');
  await composer(page).press('Enter');
  await page.getByRole('alertdialog').waitFor();
  expect((await product.aico('status')).stdout).toContain('aico plugin allow curious memory.recall.v1');
  expect((await product.aico('plugin', 'refuse', 'curious', 'memory.recall.v1')).code).toBe(0);
  await eventually(() => messages(page).last().innerText()).toContain('You said no.');
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  const narrowed = await product.aico(
    'plugin',
    'allow',
    'curious',
    'net.http.fetch.v1',
    '--without',
    'ads.example.org',
  );
  expect(narrowed.stdout).toContain('without ads.example.org');
  const wrong = await product.aico('plugin', 'allow', 'curious', 'net.http.fetch.v1', '--without', 'x.example.org');
  expect(wrong.stderr).toContain('HOST_CONSTRAINT_UNKNOWN');
  expect((await info()).permissions.map(({ granted }) => granted)).toEqual([true, true, false]);
}, 120_000);
