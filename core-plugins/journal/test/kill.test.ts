import { expect, test } from 'vitest';
import { killRounds } from './kill-rounds.ts';
import { temporaryFolder } from './temporary-journal.ts';

const ROUNDS = Number(process.env['AICO_JOURNAL_KILLS'] ?? 15);

test('kill -9 at any moment loses nothing that was acknowledged, and keeps the order per key [BUS-6] [SVC-7]', {
  timeout: 20_000 + ROUNDS * 2_000,
}, async () => {
  const { acknowledged, repeated, ...wrong } = await killRounds(temporaryFolder(), ROUNDS);
  expect(wrong).toEqual({ lost: [], outOfOrder: [], complaints: [] });
  expect(acknowledged).toBeGreaterThan(ROUNDS * 5);
  expect(repeated).toBeLessThan(acknowledged / 2);
});
