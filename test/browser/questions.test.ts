import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { environmentOf, Product, runAico, temporaryHome } from '../support/product.ts';
import { eventually, goTo, walkWizard } from './support/app.ts';
import { openWindow } from './support/browser.ts';
import { look } from './support/look.ts';

test('questions in SQL are asked, drawn, kept, stopped and taken along, in the app and by the command [DATA-4, UI-1]', async (context) => {
  const product = await Product.start({ home: await temporaryHome() });
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  await goTo(page, 'Activity');
  await page.getByRole('link', { name: 'Ask in SQL' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Questions in SQL' }).waitFor();
  const sql = page.getByLabel('Question (SQL of DuckDB)');
  const answer = page.getByRole('region', { name: 'Answer' });
  await page.getByText('Nothing asked so far').waitFor();

  await page.getByLabel('Kept questions').selectOption({ label: 'Which plugins talk most' });
  await sql.press('Control+Enter');
  await answer.getByRole('cell', { name: 'gateway', exact: true }).waitFor();
  await page.locator('summary', { hasText: /^\s*messages\s*$/ }).press('Enter');
  await page.getByText('prompt_tokens').waitFor();
  await look(page, 'questions-answer');
  await page.getByRole('radio', { name: 'Table' }).press('Space');
  await page.getByText('messages_sent').nth(1).waitFor({ state: 'detached' });

  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).press('Enter');
  expect(readFileSync(await (await saving).path(), 'utf8')).toMatch(/^plugin,messages_sent\r\n/);

  await sql.fill('select tex from messages');
  await page.getByRole('button', { name: 'Ask' }).press('Enter');
  await page.getByText('The question cannot be understood.').waitFor();
  await page.getByText(/Candidate bindings: .*text/).waitFor();
  await look(page, 'questions-problem');

  await sql.fill("copy messages to '/tmp/stolen.csv'");
  await sql.press('Control+Enter');
  await page.getByText(/^A question only reads/).waitFor();

  await sql.fill('select count(*) as n from range(1000000) a, range(1000000) b');
  await sql.press('Control+Enter');
  await page.getByRole('button', { name: 'Stop' }).press('Enter');
  await page.getByRole('heading', { name: 'Stopped' }).waitFor();
  await page.getByRole('button', { name: 'Ask' }).waitFor();

  await sql.fill("select 'mine' as whose");
  await page.getByRole('button', { name: 'Keep…' }).press('Enter');
  await page.getByLabel('Name').fill('My own');
  await page.getByLabel('Name').press('Enter');
  await page.getByText('“My own” is kept.').waitFor();
  await page.reload();
  await page.getByLabel('Kept questions').selectOption({ label: 'My own' });
  await sql.press('Control+Enter');
  await answer.getByRole('cell', { name: 'mine', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).press('Enter');
  await page.getByText('“My own” is deleted.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await eventually(() => page.getByLabel('Kept questions').locator('option').allInnerTexts()).toContain('My own');

  const counted = await product.aico('query', "select count(*) as n from audit where kind = 'vault.created'", '--json');
  expect(JSON.parse(counted.stdout)).toMatchObject({ columns: [{ name: 'n', type: 'BIGINT' }], rows: [[1]] });
  expect((await product.aico('query', '--tables')).stdout).toMatch(/^conversations\n {2}id +VARCHAR\n/);
  expect((await product.aico('query', 'select 1 as one, null as two', '--csv')).stdout).toBe('one,two\r\n1,\r\n');
  const piped = (input: string) => runAico(['query', '--csv'], environmentOf(product.home), { input });
  expect((await piped('select 1 as one,\n  2 as two;\n')).stdout).toBe('one,two\r\n1,2\r\n');
  expect(await piped(`select '${'x'.repeat(20_000)}'`)).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining('more than 20000 characters'),
  });

  await product.aico('plugin', 'disable', 'analytics');
  await page.reload();
  await page.getByRole('heading', { name: 'Analytics is switched off' }).waitFor();
  expect(faults).toEqual([]);
}, 180_000);
