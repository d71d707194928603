import { readFileSync } from 'node:fs';
import type { ForgetSearch, Manifest } from '@aico/sdk';
import { createTestKernel, recordsOf, serveStorage, type TestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';
import { currentStreak, lastDays, longestStreak } from '../src/streaks.ts';

const read = (path: string): Buffer => readFileSync(new URL(`../${path}`, import.meta.url));
const manifest = JSON.parse(read('plugin.json').toString()) as Manifest;
const MIGRATION = 'migrations/0001-habits.sql';

async function prepare(kernel: TestKernel) {
  await serveStorage(kernel);
  await kernel.load({ manifest, definition, assets: new Map([[MIGRATION, read(MIGRATION)]]) });
  const { bus } = await kernel.peer({
    id: 'chat',
    permissions: [{ verb: 'request', topic: 'plugin.*.command.run.v1' }],
  });
  return async (typed: string, time = '2026-11-26T12:00:00.000Z', timezone = 'Europe/Oslo'): Promise<string> => {
    const about = { name: 'habit', conversation: crypto.randomUUID(), time, timezone };
    return (await bus.request('plugin.habits.command.run.v1', { ...about, arguments: typed })).text;
  };
}

test('counts days in a row, where the user is [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const type = await prepare(kernel);
  expect(await type('')).toMatch(/^There are no habits\./);
  expect(await type('add Run  far')).toMatch(/^Added: Run far\./);
  expect(await type('add run FAR')).toBe('There is run FAR already.');
  expect(await type('done run far', '2026-11-23T12:00:00.000Z')).toBe('✓ Run far today: one day.');
  // Half past midnight of the 25th.
  expect(await type('done run far', '2026-11-24T23:30:00.000Z')).toBe('✓ Run far today: one day.');
  expect(await type('done run far yesterday', '2026-11-25T12:00:00.000Z')).toBe(
    '✓ Run far yesterday: 3 days in a row.',
  );
  expect(await type('done run far yesterday', '2026-11-25T12:00:00.000Z')).toContain('was done yesterday already');
  await type('add [Read](x)');
  expect(await type('')).toBe(
    [
      '| habit | last 14 days | in a row | most |',
      '| --- | --- | --- | --- |',
      '| Run far | `··········■■■·` | 3 | 3 |',
      '| Read(x) | `··············` | 0 | 0 |',
    ].join('\n'),
  );
});

test('takes back, and removes [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const type = await prepare(kernel);
  await type('add Run');
  await type('done Run');
  expect(await type('undo Run')).toBe('Run is not done today.');
  expect(await type('undo Run')).toBe('Run was not done today.');
  expect(await type('remove run')).toBe('Run is removed, with its days.');
  expect(await type('done Run')).toBe('There is no habit “Run”. `/habit add Run` makes one.');
  expect(await type('run')).toMatch(/^I know add, done, undo and remove\./);
  expect(await type(`add ${'x'.repeat(41)}`)).toBe('A name has 1 to 40 characters.');
});

test('takes part in forgetting: habits that name somebody and their days, and days of a period [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const type = await prepare(kernel);
  for (const name of ['Call Ada', 'Run']) await type(`add ${name}`, '2026-11-20T12:00:00.000Z');
  for (const day of [20, 21, 22]) await type('done Run', `2026-11-${day}T12:00:00.000Z`);
  await type('done Call Ada', '2026-11-21T12:00:00.000Z');
  const { find, forget } = await recordsOf(kernel, 'habits');
  const ids = async (search: ForgetSearch) => (await find(search)).map(({ id }) => id);
  expect(await ids({ names: ['Ada'] })).toEqual(['habit/Call Ada', 'day/2026-11-21 Call Ada']);
  const period = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
  expect(await ids(period)).toEqual(['day/2026-11-21 Call Ada', 'day/2026-11-21 Run']);
  expect(await forget({ others: ['habit/Call Ada', 'day/2026-11-21 Call Ada'] })).toEqual({ habit: 1, day: 1 });
  expect(await forget({ others: ['day/2026-11-21 Run', 'habit/Call Ada'] })).toEqual({ habit: 0, day: 1 });
  expect(await type('', '2026-11-22T12:00:00.000Z')).toMatch(/\| Run \| `·{11}■·■` \| 1 \| 1 \|$/);
});

test('is exported, habits before their days, and taken back where it is not [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const type = await prepare(kernel);
  await type('add Run', '2026-11-20T12:00:00.000Z');
  for (const day of [20, 21]) await type('done Run', `2026-11-${day}T12:00:00.000Z`);
  const { exported, imported, forget } = await recordsOf(kernel, 'habits');
  const kept = await exported();
  expect(kept).toEqual([
    { kind: 'habits', data: { id: 'Run', when: '2026-11-20T12:00:00.000Z', text: 'Run' } },
    { kind: 'days', data: { id: '2026-11-20 Run', when: '2026-11-20T12:00:00.000Z', text: 'Run' } },
    { kind: 'days', data: { id: '2026-11-21 Run', when: '2026-11-21T12:00:00.000Z', text: 'Run' } },
  ]);
  expect(await forget({ others: ['habit/Run'] })).toEqual({ habit: 1, day: 0 });
  expect(await exported()).toEqual([]);
  expect(await imported(kept, { dry: true })).toEqual([
    { is: 'new' },
    ...Array(2).fill({ is: 'new', needs: 'habits/Run' }),
  ]);
  expect((await imported(kept)).map(({ is }) => is)).toEqual(['new', 'new', 'new']);
  expect((await imported(kept)).map(({ is }) => is)).toEqual(['known', 'known', 'known']);
  expect(await exported()).toEqual(kept);
  const data = { id: 'x', when: '2026-11-20T12:00:00.000Z' };
  const wrong = [
    { kind: 'habits', data: { ...data, text: '[x](javascript:y)' } },
    { kind: 'days', data: { ...data, text: 'Swim' } },
    { kind: 'weeks', data: { ...data, text: 'Run' } },
  ];
  expect((await imported(wrong)).map(({ is, problem }) => `${is}: ${problem}`)).toEqual([
    'refused: a name has 1 to 40 characters',
    'refused: there is no such habit',
    'refused: weeks are not taken back',
  ]);
});

test('a streak lasts over months and ends at a gap', () => {
  const days = new Set(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-03']);
  expect(longestStreak(days)).toBe(3);
  expect([currentStreak(days, '2026-03-01'), currentStreak(days, '2026-03-02')]).toEqual([3, 3]);
  expect([currentStreak(days, '2026-03-04'), currentStreak(days, '2026-03-05')]).toEqual([1, 0]);
  expect(lastDays(days, '2026-03-03', 3)).toEqual([true, false, true]);
});
