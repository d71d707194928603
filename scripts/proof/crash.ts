import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CrashStage } from '../../test/support/crash/crash-stage.ts';
import { seededRandom } from '../../test/support/kills/kill-rounds.ts';

const CRASHES = 200;
const TOLD_EVERY = 20;
/** A change of the password takes two seconds and more beside everything else: shorter lives would hardly ever see its end. */
const AT_MOST_MS = 4_000;

/**
 * Kills the whole product with -9 at two hundred random moments during writes, migrations, backups and changes of the password.
 * @param minutes ends it earlier
 * @returns whether all that was acknowledged is there, and every database opened each time
 */
export async function proveCrash(minutes: number = Number.POSITIVE_INFINITY): Promise<boolean> {
  const seed = Number(process.env['AICO_PROOF_SEED'] ?? Date.now() % 2 ** 32);
  console.log(`seed ${seed} (AICO_PROOF_SEED repeats it)`);
  const random = seededRandom(seed);
  const home = mkdtempSync(join(tmpdir(), 'aico-crash-'));
  const stage = await CrashStage.open(home);
  const deadline = performance.now() + minutes * 60_000;
  try {
    let crashes = 0;
    for (; crashes < CRASHES && performance.now() < deadline; crashes += 1) {
      await delay(random() * AT_MOST_MS);
      await stage.crash();
      if ((crashes + 1) % TOLD_EVERY === 0) console.log(`${crashes + 1} crashes`);
    }
    const { kept, migrated, said, passwords, unconfirmed, backups, lost, unsaid, failures } = await stage.judge();
    console.log(`${crashes} crashes. Acknowledged: ${kept} rows, ${migrated} migrations, ${said} turns of a talk,`);
    console.log(`${passwords} changes of the password, and ${unconfirmed} that were in force though not acknowledged;`);
    console.log(`${backups} backups, of which the newest restores.`);
    console.log(`${lost + unsaid.length} lost, ${failures.length} failures. Every database opened after each.`);
    for (const each of [...unsaid, ...failures]) console.log(each);
    return lost + unsaid.length + failures.length === 0;
  } finally {
    await stage.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
