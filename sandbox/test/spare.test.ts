import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type Place, Spare } from '../src/spare.ts';
import { House } from './support/house.ts';
import { processesOf } from './support/processes-of.ts';

const CODE = `export default { activate({ id, log }) { log.info('up', { id }); } };`;

/** The places that processes were made ready for, in a house's folder. */
function placesOf({ folder }: House): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('spare-'));
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
  'a plugin that takes it while the host closes is not started once more [PLG-1]',
  async () => {
    const house = await House.open({ spare: true });
    await startOne(house, 'one');
    const starting = house.start({ tier: 'isolated', code: CODE, id: 'two' });
    const failing = expect(starting).rejects.toMatchObject({ code: 'SANDBOX_SPAWN_FAILED' });
    await house[Symbol.asyncDispose]();
    await failing;
    expect(processesOf(house.folder)).toEqual([]);
  },
);

test('one that died while it waited is not used, and its socket goes [PLG-1]', async () => {
  const close = vi.fn(async () => {});
  const dead = { child: { isUp: false }, link: { close }, rename: () => {} };
  const spare = new Spare(async () => dead as unknown as Place);
  spare.renew();
  expect(await spare.take('dice-1')).toBeUndefined();
  expect(close).toHaveBeenCalledOnce();
});
