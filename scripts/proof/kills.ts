import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killRounds, seededRandom } from '../../test/support/kills/kill-rounds.ts';
import { KillStage } from '../../test/support/kills/kill-stage.ts';

const ROUNDS = 100;
const RESTARTS = 10;
const AT_MOST_MS = 2_000;

/**
 * Kills publisher, consumer, journal and host of the real product with -9 at a hundred random moments under traffic, then
 * stops another one in peace ten times. @returns whether nothing was lost, out of order, or wrongly repeated
 */
export async function proveKills(): Promise<boolean> {
  const seed = Number(process.env['AICO_PROOF_SEED'] ?? Date.now() % 2 ** 32);
  console.log(`seed ${seed} (AICO_PROOF_SEED repeats it)`);
  const killed = await prove('kills with -9', ROUNDS, (stage) =>
    killRounds(stage, { rounds: ROUNDS, seed, atMostMs: AT_MOST_MS }),
  );
  const random = seededRandom(seed);
  const restarted = await prove('restarts in peace', RESTARTS, async (stage) => {
    for (let round = 0; round < RESTARTS; round += 1) {
      await delay(random() * AT_MOST_MS);
      await stage.restart();
    }
  });
  return killed && restarted;
}

async function prove(what: string, times: number, run: (stage: KillStage) => Promise<void>): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), 'aico-kills-'));
  const stage = await KillStage.open(home);
  try {
    await run(stage);
    const { acknowledged, repeated, oldestRepeatMs, dead, missed, ...wrong } = await stage.judge();
    console.log(`${times} ${what}, ${acknowledged} events acknowledged to their publisher:`);
    console.log(`  ${wrong.lost.length} lost, ${dead} given up, ${missed} missed,`);
    console.log(
      `  ${wrong.denied.length} refused and delivered all the same, ${wrong.outOfOrder.length} out of order,`,
    );
    console.log(`  ${wrong.wronglyRepeated.length} repeated without a reason,`);
    console.log(`  ${repeated} repeated as allowed, handled ${oldestRepeatMs} ms before a kill at most.`);
    for (const [name, cases] of Object.entries(wrong)) for (const each of cases) console.log(`${name}: ${each}`);
    return dead + missed === 0 && acknowledged > 0 && Object.values(wrong).every(({ length }) => length === 0);
  } finally {
    await stage.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
