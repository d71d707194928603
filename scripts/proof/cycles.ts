import { type Holdings, LoadCycles } from '../../sandbox/test/support/load-cycles.ts';

const WARM_UP = 250;
const CYCLES = 1_000;
const TOLD_EVERY = 100;
/** What the engine compiles late weighs something; anything kept of a plugin weighs more. */
const MOST_BYTES_PER_CYCLE = 2_048;

/**
 * Loads and unloads an isolated plugin a thousand times on the real kernel, with sockets and processes.
 * @returns whether memory, handles, sockets, threads, files and processes are back where they were
 */
export async function proveCycles(): Promise<boolean> {
  await using cycles = await LoadCycles.open();
  await cycles.run(WARM_UP);
  const before = await cycles.weigh();
  console.log(`after ${WARM_UP} cycles to warm up: ${told(before)}`);
  const began = performance.now();
  for (let done = 0; done < CYCLES; done += TOLD_EVERY) {
    await cycles.run(TOLD_EVERY);
    console.log(`after ${done + TOLD_EVERY} more: ${told(await cycles.weigh())}`);
  }
  const after = await cycles.weigh();
  const perCycle = (after.liveBytes - before.liveBytes) / CYCLES;
  const took = (performance.now() - began) / CYCLES;
  console.log(
    `${CYCLES} cycles, ${took.toFixed(0)} ms each; live memory grew by ${perCycle.toFixed(0)} bytes a cycle.`,
  );
  const isBack = counted(after) === counted(before);
  if (!isBack) console.log(`before: ${counted(before)}\nafter:  ${counted(after)}`);
  return isBack && perCycle < MOST_BYTES_PER_CYCLE;
}

function counted({ liveBytes, ...counts }: Holdings): string {
  return JSON.stringify(counts);
}

function told({ liveBytes, files, sockets, threads, processes, handles, entries }: Holdings): string {
  const memory = `${(liveBytes / 1024 / 1024).toFixed(2)} MB live`;
  return `${memory}, ${files} files (${sockets} sockets), ${handles} handles, ${threads} threads, ${processes} processes, ${entries} entries`;
}
