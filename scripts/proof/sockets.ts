import { ATTACKS, type Finding, SocketSiege } from '../../test/support/sockets/socket-siege.ts';

const REQUESTS = 3_000;
const ROUNDS = 5;
const GOAL = 2;

/**
 * Attacks a kernel's real sockets while two neighbours ask and answer, each attack in rounds beside rounds of quiet, and prints
 * the neighbours' p99 as a multiple of theirs in quiet. @returns whether every request was answered, within twice the time
 */
export async function proveSockets(): Promise<boolean> {
  await using siege = await SocketSiege.open();
  let held = true;
  for (const attack of ATTACKS) {
    const ratios: number[] = [];
    let last: Finding | undefined;
    for (let round = 0; round < ROUNDS; round += 1) {
      const quiet = await siege.ask(REQUESTS);
      last = await siege.under(attack, REQUESTS);
      ratios.push(last.p99 / quiet.p99);
    }
    const ratio = ratios.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)] as number;
    held &&= ratio <= GOAL;
    const verdict = ratio <= GOAL ? 'held  ' : 'FAILED';
    console.log(
      `${verdict}  ${attack.title.padEnd(56)} p50 ${last?.p50.toFixed(2)} ms, p99 ${last?.p99.toFixed(2)} ms, × ${ratio.toFixed(2)}; done ${last?.attacks} times`,
    );
  }
  return held;
}
