import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';
import { eventually, goTo, say, walkWizard } from './support/app.ts';
import { openWindow } from './support/browser.ts';
import { look } from './support/look.ts';

/** Counts what there is to count. */
const COUNTING = `export default { activate({ metrics }) {
  const cups = metrics.counter('cups', { description: 'Cups that were poured', labels: ['of'] });
  cups.add(1234, { of: 'tea' });
  cups.add(56, { of: 'cocoa' });
  metrics.gauge('pot.warmth', { unit: 'Cel' }).record(61.5);
  const waits = metrics.histogram('wait', { description: 'How long it drew', unit: 's', bounds: [60, 120, 180, 300] });
  for (const seconds of [50, 100, 110, 170, 175, 178, 200, 240, 400]) waits.record(seconds);
} };`;

test('everything is exported and read again, the audit is searched and checked, a consent is taken back at once and its history told, and an audit that is off is said [DATA-7, SEC-8, SEC-9, UI-1]', async (context) => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  await say(page, 'I like tea.');

  await goTo(page, 'Settings');
  await page.getByRole('link', { name: 'Export and import' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Export and import' }).waitFor();
  await page.getByRole('checkbox', { name: /^Parquet/ }).check();
  await look(page, 'export');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export to a file' }).press('Enter');
  const saved = await (await saving).path();
  await page.getByText(/^Saved as aico-[\d-]+\.zip: \d+ files/).waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a ZIP file' }).press('Enter');
  await (await chooser).setFiles({ name: 'export.zip', mimeType: 'application/zip', buffer: await readFile(saved) });
  await page.getByRole('heading', { name: 'All of it is here already.' }).waitFor();
  await look(page, 'export-read');
  const other = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a ZIP file' }).press('Enter');
  await (await other).setFiles({ name: 'no.zip', mimeType: 'application/zip', buffer: Buffer.alloc(100) });
  await page.getByText('This is no export').waitFor();

  await goTo(page, 'Settings');
  await page.getByRole('link', { name: 'Look at the audit' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
  const records = page.getByRole('list', { name: 'Records' });
  await records.getByRole('listitem').first().waitFor();
  await records
    .getByRole('button', { name: /^Keys and secrets were used \d+ times/ })
    .first()
    .press('Enter');
  await records.getByText('It got an encryption key').first().waitFor();
  await page.getByRole('button', { name: 'Check the chain' }).press('Enter');
  await page.getByText(/^The chain is whole: \d+ records are as they were written/).waitFor();

  await page.getByLabel('Kind').selectOption('Vault');
  await page.getByLabel('Text', { exact: true }).press('Enter');
  await eventually(async () => new Set(await kinds())).toEqual(new Set(['vault.created']));
  await records.getByRole('button').first().press('Enter');
  await records.getByText('Hash', { exact: true }).waitFor();
  const told = await product.aico('audit', 'export', '--kind', 'vault.created', '--since', '1h');
  expect(
    told.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).kind),
  ).toEqual(['vault.created']);
  const found = await product.aico('audit', 'search', '--json', '--kind', 'vault', '--lines', '1');
  expect(JSON.parse(found.stdout)).toMatchObject({ records: [{ kind: expect.stringMatching(/^vault\./) }] });
  await look(page, 'audit');
  await page.getByLabel('Text', { exact: true }).fill('no such word');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'No record fits' }).waitFor();
  await look(page, 'audit-empty');

  await goTo(page, 'Settings');
  await page.getByRole('link', { name: 'Look at the consents' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Consents' }).waitFor();
  const revoke = page.getByRole('button', { name: /^Take back from Chat: recall what you said before/ }).first();
  const name = (await revoke.getAttribute('aria-label')) ?? '';
  // Without its key storage opens nothing.
  expect(await page.getByRole('button', { name: /^Take back from Storage/ }).count()).toBe(0);
  // AICO does not run without the gateway: a button there could only be refused.
  expect(await page.getByRole('button', { name: /^Take back from Gateway/ }).count()).toBe(0);
  await page.getByText('Always: AICO does not run without this plugin').first().waitFor();
  await revoke.press('Enter');
  await page.getByRole('button', { name, exact: true }).waitFor({ state: 'detached' });
  await page.getByText(/^Changed by yourself, Today/).waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Chat');
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByRole('button', { name, exact: true }).press('Enter');
  await page.getByRole('button', { name, exact: true }).waitFor({ state: 'detached' });
  // Whoever looks at it sees what is decided elsewhere.
  await product.aico('plugin', 'allow', 'chat', 'memory.recall.v1');
  await page.getByRole('button', { name, exact: true }).waitFor();
  await product.aico('plugin', 'refuse', 'chat', 'memory.recall.v1');
  await page.getByRole('button', { name, exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Show the history' }).press('Enter');
  const history = page.getByRole('list', { name: 'History' });
  await history.getByText('Something was refused').first().waitFor();
  await history.getByText('About Chat · recall what you said before').first().waitFor();
  await look(page, 'consents');

  // What a plugin counts is on its page, and what it may do and what confines it are said in the language of the app.
  await product.aico('plugin', 'install', await packStranger(home, 'teapot', COUNTING));
  await product.aico('plugin', 'enable', 'teapot');
  await page.goto(`${product.url}/plugins/teapot`);
  const counts = page.getByRole('list', { name: 'What it counts' });
  await counts.getByText('1,234').waitFor();
  await counts.getByText('180.3 s on average').waitFor();
  await look(page, 'metrics');
  await goTo(page, 'Settings');
  await page.getByRole('radio', { name: 'Deutsch' }).check();
  await page.goto(`${product.url}/plugins/teapot`);
  await page.getByText('Es darf: seine eigenen Befehle im Gespräch beantworten.').first().waitFor();
  await page.getByText('eigener Prozess', { exact: true }).waitFor();
  await page.goto(`${product.url}/settings/audit`);
  await page.getByText('Eingeschaltet', { exact: true }).first().waitFor();
  await look(page, 'audit-german');
  await page.goto(`${product.url}/settings`);
  await page.getByRole('radio', { name: 'English' }).check();

  await goTo(page, 'Settings');
  await page.getByRole('link', { name: 'Look at the audit' }).click();
  await product.aico('plugin', 'disable', 'audit');
  await page.reload();
  await page.getByRole('heading', { name: 'The audit is switched off' }).waitFor();
  await look(page, 'audit-off');
  expect(faults).toEqual([]);

  async function kinds(): Promise<string[]> {
    return records.locator('[data-kind]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-kind') ?? ''));
  }
}, 400_000);
