import { expect, test } from 'vitest';
import { loadPatiently } from '../../ui/src/app/load-patiently.ts';

test('a page that AICO does not hand out yet is asked for again, each time after a longer pause, and not for ever [UI-3]', async () => {
  const waits: number[] = [];
  const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  let failures = 3;
  const load = async (): Promise<string> => {
    if (failures === 0) return 'the page';
    failures -= 1;
    throw new Error('it cannot be fetched');
  };
  expect(await loadPatiently(load, wait)).toBe('the page');
  expect(waits).toHaveLength(3);
  expect(Math.min(...waits)).toBeGreaterThan(0);
  failures = Number.POSITIVE_INFINITY;
  await expect(loadPatiently(load, wait)).rejects.toThrow('it cannot be fetched');
  expect(waits).toHaveLength(7);
});
