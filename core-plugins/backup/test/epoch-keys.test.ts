import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EpochKeys } from '../src/epoch-keys.ts';

test('the epoch that begins last is the newest, also when the clock stands still or goes back [DATA-6, DATA-7]', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aico-epochs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const place = { folders: [join(folder, 'own'), join(folder, 'among')], apart: false } as const;
  const epochs = await EpochKeys.open('5a'.repeat(32), place);
  const noon = Date.parse('2026-11-26T12:00:00Z');
  for (const offset of [0, 0, 0, -3_600_000, 86_400_000, 0]) {
    const begun = await epochs.begin(new Date(noon + offset));
    expect(epochs.current).toBe(begun);
  }
  // So it is for whoever reads the files later.
  expect((await EpochKeys.open('5a'.repeat(32), place)).all()).toEqual(epochs.all());
  epochs.forget();
});
