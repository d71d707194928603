import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { CrashStage } from '../support/crash/crash-stage.ts';
import { seededRandom } from '../support/kills/kill-rounds.ts';
import { temporaryHome } from '../support/product.ts';

/** `npm run proof -- crash` does two hundred. */
const CRASHES = 3;
const AT_MOST_MS = 1_500;

test('kill -9 of everything during writes, migrations, backups and password changes loses nothing acknowledged, and every database opens [DATA-1, DATA-6, SEC-3, SVC-7]', async () => {
  const stage = await CrashStage.open(await temporaryHome());
  onTestFinished(() => stage.close());
  const seed = Date.now() % 2 ** 32;
  const random = seededRandom(seed);
  for (let crash = 0; crash < CRASHES; crash += 1) {
    await delay(random() * AT_MOST_MS);
    await stage.crash();
  }
  const { kept, migrated, checked, said, passwords, unconfirmed, backups, ...wrong } = await stage.judge();
  expect({ seed, ...wrong }).toEqual({ seed, lost: 0, unsaid: [], failures: [] });
  expect(checked).toBeGreaterThan(CRASHES);
  expect(Math.min(kept, migrated)).toBeGreaterThan(CRASHES);
}, 180_000);
