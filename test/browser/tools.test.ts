import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Product } from '../support/product.ts';
import { requireChromium } from '../support/system-tools.ts';
import { messages, say, walkWizard } from './support/app.ts';
import { findBarriers } from './support/axe.ts';
import { openWindow } from './support/browser.ts';

/** Ollama, with a model that rolls dice and says what the tool told it. */
async function startModel(): Promise<string> {
  const server = createServer(async (request, response) => {
    if (request.url === '/api/tags') return void response.end(JSON.stringify({ models: [{ name: 'tiny' }] }));
    let body = '';
    for await (const chunk of request) body += chunk;
    const { messages: told } = JSON.parse(body) as { messages: { role: string; content: string }[] };
    const last = told.at(-1);
    const call = { function: { name: 'roll_dice', arguments: { dice: '2d6' } } };
    const message =
      last?.role === 'tool' ? { content: `The dice say ${last.content}` } : { content: '', tool_calls: [call] };
    response.end(`${JSON.stringify({ message, done: true, done_reason: 'stop' })}\n`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a model rolls with the dice of a plugin, and the reply shows that it did [PLG-5, UI-2]', async (context) => {
  requireChromium(context);
  const url = await startModel();
  const env = { AICO_PLUGINS_LLM_OLLAMA_URL: url, AICO_PLUGINS_LLM_FIND_OLLAMA: 'true' };
  const product = await Product.start({ env });
  expect((await product.aico('plugin', 'install', 'dice')).code).toBe(0);
  await product.aico('plugin', 'enable', 'dice');
  const { page, faults } = await openWindow(context, product.url, { width: 390, theme: 'dark' });
  await walkWizard(page);
  await page.getByRole('button', { name: 'Connect a model' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: /tiny/ }).click();
  await page.keyboard.press('Escape');
  expect(await say(page, 'Roll for me')).toMatch(/The dice say 🎲 \d+ = 2d6/);
  await messages(page)
    .last()
    .getByRole('list', { name: 'Tools that were used' })
    .getByText('Roll dice (Dice)')
    .waitFor();
  expect(await findBarriers(page)).toEqual([]);
  if (process.env['AICO_SHOTS']) await page.screenshot({ path: `${process.env['AICO_SHOTS']}/tools.png` });
  expect(faults).toEqual([]);
}, 120_000);
