import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const WEIGH_EVERY_MS = 100;

/** By how many MB a process grew at most while something ran: its memory, what it shares with others counted in part. */
export async function growthWhile(processId: number, run: () => Promise<unknown>): Promise<number> {
  const { before, peak } = await weighWhile(processId, run);
  return peak - before;
}

/** What a process weighed before something ran, and at most while it did, in MB. */
export async function weighWhile(
  processId: number,
  run: () => Promise<unknown>,
): Promise<{ readonly before: number; readonly peak: number }> {
  const before = pssMb(processId);
  let peak = before;
  let runs = true;
  const weighing = (async () => {
    for (; runs; await delay(WEIGH_EVERY_MS)) peak = Math.max(peak, pssMb(processId));
  })();
  try {
    await run();
  } finally {
    runs = false;
    await weighing;
  }
  return { before, peak: Math.max(peak, pssMb(processId)) };
}

function pssMb(processId: number): number {
  const text = readFileSync(`/proc/${processId}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+([0-9]+) kB/m.exec(text)?.[1]) / 1024;
}
