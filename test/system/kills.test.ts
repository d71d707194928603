import { expect, onTestFinished, test } from 'vitest';
import { killRounds } from '../support/kills/kill-rounds.ts';
import { KillStage } from '../support/kills/kill-stage.ts';
import { temporaryHome } from '../support/product.ts';

const NOTHING = { lost: [], denied: [], outOfOrder: [], wronglyRepeated: [], dead: 0, missed: 0 };
/** `npm run proof -- kills` does a hundred. */
const ROUNDS = 4;

async function openStage(): Promise<KillStage> {
  const stage = await KillStage.open(await temporaryHome());
  onTestFinished(() => stage.close());
  return stage;
}

test('kill -9 of publisher, consumer, journal and host loses nothing acknowledged and keeps the order of each key [BUS-6, SVC-7]', async () => {
  const stage = await openStage();
  const seed = Date.now() % 2 ** 32;
  await killRounds(stage, { rounds: ROUNDS, seed, atMostMs: 1_000 });
  const { acknowledged, repeated, oldestRepeatMs, ...wrong } = await stage.judge();
  expect({ seed, ...wrong }).toEqual({ seed, ...NOTHING });
  expect(acknowledged).toBeGreaterThan(100);
}, 180_000);

test('a stop in peace under traffic loses nothing and repeats nothing [BUS-6, SVC-7]', async () => {
  const stage = await openStage();
  await stage.restart();
  await stage.restart();
  const { acknowledged, repeated, oldestRepeatMs, ...wrong } = await stage.judge();
  expect({ repeated, ...wrong }).toEqual({ repeated: 0, ...NOTHING });
  expect(acknowledged).toBeGreaterThan(100);
}, 120_000);

test('newer versions of a consumer under traffic lose, repeat and disorder nothing that is durable [BUS-6, UPD-4]', async () => {
  const stage = await openStage();
  for (const version of ['1.0.1', '1.1.0', '2.0.0']) {
    const before = await stage.acknowledged();
    await stage.update(version);
    await expect.poll(() => stage.acknowledged()).toBeGreaterThan(before + 20);
  }
  const { acknowledged, repeated, oldestRepeatMs, ...wrong } = await stage.judge();
  expect({ repeated, ...wrong }).toEqual({ repeated: 0, ...NOTHING });
}, 120_000);
