import { KillStorm, VICTIMS } from '../../test/support/kill-storm.ts';

const KILLS = 100;
const RESTARTS = 10;
const LONGEST_MS = 1_000;

/**
 * Kills publisher, consumer, journal and host of the real product with -9 a hundred times, then restarts it in peace ten
 * times, under traffic throughout. @returns whether nothing acknowledged was lost, doubled or out of order
 */
export async function proveKills(): Promise<boolean> {
  const killed = await tell('killed', async (storm) => {
    for (let round = 0; round < KILLS; round += 1) {
      const victim = VICTIMS[Math.floor(Math.random() * VICTIMS.length)] ?? 'host';
      await storm.kill(victim, Math.random() * LONGEST_MS);
      if (round % 10 === 9) console.log(`${round + 1} kills …`);
    }
  });
  const restarted = await tell('restarted in peace', async (storm) => {
    for (let round = 0; round < RESTARTS; round += 1) await storm.restart(Math.random() * LONGEST_MS);
  });
  return killed.sound && restarted.sound && restarted.repeated === 0;
}

async function tell(what: string, happen: (storm: KillStorm) => Promise<void>) {
  await using storm = await KillStorm.open();
  await happen(storm);
  const { kills, acknowledged, handled, lost, outOfOrder, repeated, doubled } = await storm.report();
  console.log(`${what}: ${kills} kills, ${acknowledged} events acknowledged, ${handled} handled: ${lost.length} lost,`);
  console.log(
    `${outOfOrder.length} out of order, ${repeated} repeated across a kill, ${doubled.length} doubled without one.`,
  );
  return { sound: lost.length === 0 && outOfOrder.length === 0 && doubled.length === 0, repeated };
}
