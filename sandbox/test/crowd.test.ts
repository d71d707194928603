import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { House } from './support/house.ts';
import { processesOf } from './support/processes-of.ts';

const CODE = 'export default { activate() {} };';
const AT_ONCE = Math.max(4, 2 * availableParallelism());
const MANY = 3 * AT_ONCE;

function startMany(house: House): Promise<unknown>[] {
  return Array.from({ length: MANY }, (_, at) => house.start({ tier: 'isolated', code: CODE, id: `crowd${at}` }));
}

/** Whose processes are there. */
function there({ folder }: House): Set<string> {
  return new Set(processesOf(folder).flatMap((line) => line.match(/crowd\d+/g) ?? []));
}

describe.runIf(process.platform === 'linux')('many plugins that are started at once', () => {
  test('come up a few at a time, so that none waits for all others against its own deadline [PLG-1, PLG-8]', async () => {
    await using house = await House.open();
    let up = 0;
    const starting = startMany(house).map((each) => each.finally(() => up++));
    const comingUp: number[] = [];
    while (up < MANY) {
      const before = up;
      comingUp.push(there(house).size - before);
      await delay(5);
    }
    await Promise.all(starting);
    expect(Math.max(...comingUp)).toBeGreaterThan(1);
    // One may be up that has not been heard of.
    expect(Math.max(...comingUp)).toBeLessThan(2 * AT_ONCE);
    expect(there(house).size).toBe(MANY);
  });

  test('are not started any more once the host closes [PLG-1]', async () => {
    const house = await House.open();
    const starting = startMany(house);
    const settled = Promise.allSettled(starting);
    await Promise.any(starting);
    await house[Symbol.asyncDispose]();
    const failures = (await settled).flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.map(({ code }: { code?: string }) => code)).toEqual(failures.map(() => 'SANDBOX_SPAWN_FAILED'));
    expect(processesOf(house.folder)).toEqual([]);
  });
});
