import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginContext } from '@aico/sdk';
import { expect, onTestFinished, test } from 'vitest';
import backup from '../src/index.ts';
import { removeLeftovers } from '../src/leftovers.ts';
import { CALL, contentOf, type SmallHouse, smallHouse, temporaryFolder, writeInto } from './small-house.ts';

const KEY = randomBytes(32).toString('hex');
const FILES = { 'data/storage/chat.db': randomBytes(200_000), 'vault/secrets.bin': randomBytes(300) };

async function backedUp(): Promise<{ house: SmallHouse; id: string }> {
  const house = await smallHouse(KEY);
  writeInto(house.home, FILES);
  return { house, id: (await house.backups.create(CALL)).id };
}

/** Work on a backup that is where it is when its process is killed: nothing tidies up until the test is over. */
async function stuck(begin: (stop: () => Promise<never>) => Promise<unknown>): Promise<void> {
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    const stop = (): Promise<never> => {
      resolve();
      return over.promise;
    };
    const work = begin(stop);
    work.catch(reject);
    // A killed process closes its files; here they would be found open when they are collected.
    onTestFinished(async () => {
      over.reject(new Error('the test is over'));
      await work.catch(() => undefined);
    });
  });
}

function inHome({ home }: SmallHouse, folder: string): string[] {
  return Object.keys(contentOf(join(home, folder)));
}

test('copies that a killed verify or a killed lending left are gone after the next start, and nothing that is in use [DATA-6, DATA-7]', async () => {
  const { house, id } = await backedUp();
  const opening = (stop: () => Promise<never>) => ({
    ...CALL,
    progress: async ({ phase }: { phase: string }): Promise<void> => {
      if (phase === 'opening') await stop();
    },
  });
  await stuck((stop) => house.backups.verify(id, opening(stop)));
  // Its process is gone, so another one takes up the same house.
  const { backups } = await houseAgain(house);
  await stuck((stop) => backups.lend(id, 'chat', {}, CALL, stop));
  expect(readdirSync(join(house.home, 'scratch')).sort()).toEqual([`lend-${id}`, `verify-${id}`]);
  expect(inHome(house, 'scratch')).toContain(`verify-${id}/data/storage/chat.db`);
  const inUse = [inHome(house, 'data'), inHome(house, 'vault')];
  const kept = contentOf(house.folder);

  await removeLeftovers(house.home);
  expect(readdirSync(join(house.home, 'scratch'))).toEqual([]);
  expect([inHome(house, 'data'), inHome(house, 'vault')]).toEqual(inUse);
  expect(contentOf(house.folder)).toEqual(kept);
});

test('a restore that was killed before it was finished is removed, a finished one waits for the start of the host [DATA-6]', async () => {
  const { house, id } = await backedUp();
  await stuck((stop) => house.backups.restore({ id }, { ...CALL, progress: stop }));
  expect(inHome(house, 'incoming')).not.toEqual([]);
  expect(inHome(house, 'incoming')).not.toContain('ready.json');
  await removeLeftovers(house.home);
  expect(readdirSync(join(house.home, 'incoming'))).toEqual([]);

  const { backups } = await houseAgain(house);
  await backups.restore({ id }, CALL);
  // The host was killed while it put things in place: it goes on with these.
  writeInto(house.home, { 'incoming/plan.json': '{}', 'incoming/aside': '' });
  const finished = contentOf(join(house.home, 'incoming'));
  expect(Object.keys(finished)).toContain('ready.json');
  await removeLeftovers(house.home);
  expect(contentOf(join(house.home, 'incoming'))).toEqual(finished);
});

test('without those folders there is nothing to do; a link goes, and what it leads to stays [DATA-6]', async () => {
  const [home, elsewhere] = [temporaryFolder(), temporaryFolder()];
  await removeLeftovers(home);
  expect(readdirSync(home)).toEqual([]);
  writeFileSync(join(elsewhere, 'letter.txt'), 'dear');
  mkdirSync(join(home, 'scratch'));
  symlinkSync(elsewhere, join(home, 'scratch', 'link'));
  await removeLeftovers(home);
  expect(readdirSync(join(home, 'scratch'))).toEqual([]);
  expect(readFileSync(join(elsewhere, 'letter.txt'), 'utf8')).toBe('dear');
});

test('the plugin removes them before others can ask it for anything [DATA-6, DATA-7]', async () => {
  const home = temporaryFolder();
  const left = ['scratch/verify-1/data/storage/chat.db', 'incoming/files/data/storage/chat.db'];
  writeInto(home, Object.fromEntries([...left, 'data/backup/state.json'].map((path) => [path, '{}'])));
  const seen: string[] = [];
  const look = async (): Promise<void> => {
    seen.push(...readdirSync(join(home, 'scratch')), ...readdirSync(join(home, 'incoming')));
  };
  let served = 0;
  const serve = async (): Promise<void> => {
    served += 1;
    await look();
  };
  const bus = { serve, serveStream: serve, subscribe: look, request: async () => ({ key: undefined }) };
  const context = {
    ...{ bus, dataFolder: join(home, 'data', 'backup'), version: '0.1.0', signal: CALL.signal },
    ...{ log: { warn: look, info: look }, config: { get: () => '' }, setTimer: () => {} },
  };
  await backup.activate(context as unknown as PluginContext);
  expect(served).toBeGreaterThan(5);
  expect(seen).toEqual([]);
});

/** The same data folder and backups in a new process. */
async function houseAgain({ home, folder }: SmallHouse): Promise<SmallHouse> {
  return smallHouse(KEY, { home, folder });
}
