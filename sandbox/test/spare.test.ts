import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { House } from './support/house.ts';

const CODE = `export default { activate({ id, log }) { log.info('up', { id }); } };`;
const WAITING = process.platform === 'linux';

/** Processes that were started for a socket of a house, by what they were started with. */
function processesOf(folder: string, place: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(join(folder, place));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Starts plugins that say who they are, and waits until the next process is ready for one. */
async function startOne(house: House, id: string, spare: string): Promise<number | undefined> {
  const resident = await house.start({ tier: 'isolated', code: CODE, id });
  expect(await resident.logged('up')).toEqual({ id });
  await expect.poll(() => existsSync(join(house.folder, spare, 'bus'))).toBe(true);
  return resident.running.processId;
}

test('each isolated plugin runs in a process that waited for it, and never in another’s [PLG-1, PLG-6]', async () => {
  await using house = await House.open({ spare: true });
  const first = await startOne(house, 'one', 'spare-1');
  const second = await startOne(house, 'two', 'spare-2');
  const third = await startOne(house, 'three', 'spare-3');
  expect(new Set([first, second, third]).size).toBe(3);
  // What waited is in use, so nothing was started for these two.
  expect([existsSync(join(house.folder, 'two-2')), existsSync(join(house.folder, 'three-3'))]).toEqual([false, false]);
});

test.runIf(WAITING)('a waiting process that died is not used, and none outlives the host [PLG-1]', async () => {
  const house = await House.open({ spare: true, bubblewrap: 'auto' });
  await startOne(house, 'one', 'spare-1');
  await expect.poll(() => processesOf(house.folder, 'spare-1')).not.toEqual([]);
  for (const each of processesOf(house.folder, 'spare-1')) process.kill(each, 'SIGKILL');
  await expect.poll(() => processesOf(house.folder, 'spare-1')).toEqual([]);
  await startOne(house, 'two', 'spare-2');
  expect(existsSync(join(house.folder, 'spare-1'))).toBe(false);
  await house[Symbol.asyncDispose]();
  expect(processesOf(house.folder, '')).toEqual([]);
});
