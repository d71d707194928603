import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, serveStorage, type TestKernel } from '@aico/sdk-testing';
import { describe, expect, test } from 'vitest';
import { streak } from '../src/habit-book.ts';
import definition from '../src/index.ts';

const manifest = JSON.parse(readFileSync(new URL('../plugin.json', import.meta.url), 'utf8')) as Manifest;

async function prepare(kernel: TestKernel) {
  await serveStorage(kernel);
  await kernel.load({ manifest, definition });
  const { bus } = await kernel.peer({
    id: 'chat',
    permissions: [{ verb: 'request', topic: 'plugin.*.command.run.v1' }],
  });
  return async (typed: string, time = '2026-11-26T20:00:00.000Z', timezone = 'UTC'): Promise<string> => {
    const reply = await bus.request('plugin.habits.command.run.v1', {
      name: 'habit',
      arguments: typed,
      conversation: '00000000-0000-4000-8000-000000000000',
      time,
      timezone,
    });
    return reply.text;
  };
}

describe('habits [PLG-9]', () => {
  test('are ticked off for the day where you are, counted in a row, and taken back', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    expect(await type('')).toBe('No habits yet. Type `/habit Walk` to tick off the first one.');
    expect(await type('Walk', '2026-11-25T20:00:00.000Z')).toBe('✓ **Walk**, one day.');
    expect(await type('walk', '2026-11-25T23:30:00.000Z', 'Europe/Berlin')).toBe('✓ **Walk**, 2 days in a row.');
    expect(await type('')).toBe('- ✓ **Walk**, 2 days in a row');
    expect(await type('Walk')).toBe('Taken back: **Walk** is open again today.');
    expect(await type('')).toBe('- ○ **Walk**, one day');
  });

  test('are few and have short names', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    expect(await type('x'.repeat(41))).toContain('more than 40 characters');
    for (let count = 1; count <= 20; count += 1) await type(`Habit ${count}`);
    expect(await type('One more')).toContain('You have 20 habits already.');
  });

  test('break a row by a day that was left out, and not by one that is not over', () => {
    const habit = { name: 'Walk', days: ['2026-11-22', '2026-11-24', '2026-11-25'] };
    expect([streak(habit, '2026-11-25'), streak(habit, '2026-11-26'), streak(habit, '2026-11-27')]).toEqual([2, 2, 0]);
  });
});
