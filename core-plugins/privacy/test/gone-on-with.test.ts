import { expect, test } from 'vitest';
import { house, item, MADE, MESSAGE, wishOf } from './support/house.ts';

const NEWER = '20261128T120000Z-11111111';

test('while a plugin is waited for, nobody else is told again, and backups that were made since stay [DATA-6, DATA-7]', async () => {
  const { plan, run, state, done, orders, goOn, receipts, user } = await house();
  await user.bus.request('kernel.plugin.disable.v1', { id: 'album' });
  state.databases.push('album');
  const { receipt } = await run(wishOf((await plan({ messages: [MESSAGE] })).items));
  expect(receipt).toMatchObject({ failed: [{ plugin: 'album' }], backups: { made: MADE } });
  const [told, settled] = [orders.length, done.length];
  state.backups.unshift(NEWER);
  await goOn();
  await expect.poll(() => done.slice(settled)).toEqual(['settle']);
  expect(orders).toHaveLength(told);
  expect(state.backups).toEqual([NEWER, MADE]);
  expect(await receipts()).toEqual([receipt]);
});

test('who did their part is told of nothing but what a plugin that came back adds to it [DATA-7]', async () => {
  const { holder, plan, run, orders, state, goOn, receipts, user } = await house();
  await holder('diary', ({ names = [] }) => (names.includes('Turing') ? [item('entry', 'd-1')] : []));
  await user.bus.request('kernel.plugin.disable.v1', { id: 'diary' });
  state.databases.push('diary');
  const { items } = await plan({ messages: [MESSAGE] });
  const unasked = { search: { names: ['Turing'] }, plugins: ['diary'] };
  await run({ ...wishOf(items), unasked });
  const told = orders.length;
  await user.bus.request('kernel.plugin.enable.v1', { id: 'diary' });
  await goOn();
  await expect.poll(async () => (await receipts())[0]?.failed).toEqual([]);
  const late = orders.slice(told).map(({ plugin, order }) => [plugin, order.messages.length, order.others]);
  expect(late).toEqual([
    ['chat', 0, []],
    ['album', 0, []],
    ['diary', 2, ['d-1']],
    ['journal', 0, []],
    ['memory', 0, []],
  ]);
});

test('in a backup that forgetting made, it is done: brought back, it tells its receipt, and later backups stay [DATA-6, DATA-7]', async () => {
  const { kernel, plan, run, state, done, orders, goOn, receipts } = await house();
  const { items } = await plan({ messages: [MESSAGE] });
  // What is kept at that moment is what such a backup holds.
  const reached = Promise.withResolvers<void>();
  state.onShredded = async () => {
    reached.resolve();
    await new Promise(() => {});
  };
  const running = run(wishOf(items)).catch(() => undefined);
  await reached.promise;
  const told = orders.length;
  state.backups.unshift(NEWER);
  await goOn();
  await running;
  await expect.poll(async () => (await receipts())[0]?.failed).toEqual([]);
  expect(await receipts()).toMatchObject([{ backups: { made: MADE, removed: 1 } }]);
  expect((await receipts())[0]?.removed).toContainEqual({ plugin: 'chat', kind: 'thing', removed: 2 });
  expect(state.backups).toEqual([NEWER, MADE]);
  expect(orders).toHaveLength(told);
  expect(done.filter((each) => each === 'shred')).toHaveLength(1);
  await kernel.unload('privacy');
});
