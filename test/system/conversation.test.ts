import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product } from '../support/product.ts';

const text = (turn: { reply?: { text: string } }): string => turn.reply?.text ?? '';

test('what was said is there after a restart and after kill -9, and is remembered [COMP, SVC-7, DATA-1]', async () => {
  const first = await Product.start();
  const { home } = first;
  const ada = await BrowserSession.setup(first.url);
  const { id } = await ada.conversation();
  expect((await ada.turn(id, 'My cat is called Turing.')).reply).toMatchObject({
    role: 'companion',
    status: 'complete',
  });
  await first.stop('SIGTERM');

  const second = await Product.start({ home });
  const again = await BrowserSession.unlock(second.url);
  expect((await again.messages(id)).map((message) => message.role)).toEqual(['user', 'companion']);
  const fresh = await again.conversation();
  const asked = await again.turn(fresh.id, 'What is my cat called?');
  expect(text(asked)).toContain('Turing');
  expect(asked.chunks.find((chunk) => chunk.kind === 'remembered')).toMatchObject({
    items: [expect.objectContaining({ text: expect.stringContaining('Turing') })],
  });
  await second.stop('SIGKILL');

  const third = await Product.start({ home });
  const last = await BrowserSession.unlock(third.url);
  expect((await last.messages(fresh.id)).map((message) => message.text)).toEqual([
    'What is my cat called?',
    text(asked),
  ]);
}, 180_000);

test('locking ends every session and every process that holds plain text; unlocking brings all back [SEC-3]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  await session.turn(id, 'I was born in Paris.');
  await session.call('POST', '/vault/lock', {});
  expect((await session.request('GET', '/conversations')).status).toBe(401);
  const list = JSON.parse((await product.aico('plugin', 'list', '--json')).stdout) as {
    plugins: { id: string; state: string; processId?: number }[];
  };
  const chat = list.plugins.find((plugin) => plugin.id === 'chat');
  expect(chat).toMatchObject({ state: 'pending' });
  expect(chat?.processId).toBeUndefined();
  const back = await BrowserSession.unlock(product.url);
  expect(await back.messages(id)).toHaveLength(2);
}, 120_000);

test('dice and diary appear, work and vanish as they are switched, while the chat goes on [PLG-1, PLG-9]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  expect(text(await session.turn(id, '/roll 2d6'))).toContain('comes with Dice, which is switched off');
  await session.call('POST', '/plugins/dice/enable', {});
  await session.call('POST', '/plugins/diary/enable', {});
  expect((await session.turn(id, '/roll 2d6')).reply).toMatchObject({ role: 'plugin', plugin: 'dice' });
  await session.turn(id, '/diary Today I read a book.');
  expect(text(await session.turn(id, '/diary'))).toContain('Today I read a book.');
  await session.call('POST', '/plugins/dice/disable', {});
  expect(text(await session.turn(id, '/roll 2d6'))).toContain('comes with Dice, which is switched off');
  expect(text(await session.turn(id, 'Hello'))).not.toBe('');
}, 120_000);
