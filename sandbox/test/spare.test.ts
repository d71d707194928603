import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { House } from './support/house.ts';

const CODE = `export default { activate({ id, log }) { log.info('up', { id }); } };`;

/** The places that processes were made ready for, in a house's folder. */
function placesOf({ folder }: House): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('spare-'));
}

/** Processes that were started for a socket below a folder, by what they were started with. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Starts a plugin that says who it is, and waits until a process is ready for the next. */
async function startOne(house: House, id: string): Promise<number | undefined> {
  const before = placesOf(house);
  const resident = await house.start({ tier: 'isolated', code: CODE, id });
  expect(await resident.logged('up')).toEqual({ id });
  await expect.poll(() => placesOf(house).filter((place) => !before.includes(place))).toHaveLength(1);
  return resident.running.processId;
}

test('each isolated plugin runs in a process that waited for it, and never in another’s [PLG-1, PLG-6]', async () => {
  await using house = await House.open({ spare: true });
  const processes = [await startOne(house, 'one'), await startOne(house, 'two'), await startOne(house, 'three')];
  expect(new Set(processes).size).toBe(3);
  // What waited is in use, so nothing was started for these two.
  expect(['one-1', 'two-2', 'three-3'].map((name) => existsSync(join(house.folder, name)))).toEqual([
    true,
    false,
    false,
  ]);
});

test.runIf(process.platform === 'linux')(
  'a waiting process that died is not used, and none outlives the host [PLG-1]',
  async () => {
    const house = await House.open({ spare: true });
    await startOne(house, 'one');
    const [dead = ''] = placesOf(house);
    const waiting = join(house.folder, dead);
    await expect.poll(() => processesOf(waiting)).not.toEqual([]);
    for (const each of processesOf(waiting)) process.kill(each, 'SIGKILL');
    await expect.poll(() => processesOf(waiting)).toEqual([]);
    await startOne(house, 'two');
    expect(placesOf(house)).not.toContain(dead);
    await house[Symbol.asyncDispose]();
    expect(processesOf(house.folder)).toEqual([]);
  },
);
