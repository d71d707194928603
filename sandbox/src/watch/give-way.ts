import { closeSync, openSync, readdirSync, write } from 'node:fs';
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { innermostProcess } from './linux-meter.ts';

// What a stranger's plugin computes holds up neither the kernel nor the programs of its user. Where sessions share the processor
// evenly (sched(7), autogroup), as most desktops have them do, `nice` orders only those within one, so that both have to give way.

/** Of `nice`: a sixth of what others get where all want the processor. From 7 on, whoever wakes need not wait for what runs. */
const NICENESS = 8;
/** Linux takes the niceness of one session in 100 ms from whoever is not root, of all programs together. */
const AGAIN_MS = 110;
const TRIES = 20;

const oneAtATime = pLimit(1);
const writeTo = promisify(write);

/** Has all of a process's session wait for whoever else wants the processor. */
export function lowerSession(processId: number | undefined): void {
  setSession(processId, NICENESS);
}

/** Takes that back. */
export function restoreSession(processId: number | undefined): void {
  setSession(processId, 0);
}

/** Has a process's threads wait for others, for good: only root takes that back. On Linux each has a priority of its own. */
export function lowerThreads(processId: number | undefined): void {
  if (processId === undefined) return;
  for (const thread of threadsOf(processId)) {
    try {
      setPriority(thread, NICENESS);
    } catch {
      // It ended meanwhile.
    }
  }
}

function threadsOf(processId: number): number[] {
  if (process.platform !== 'linux') return [processId];
  try {
    return readdirSync(`/proc/${innermostProcess(processId)}/task`).map(Number);
  } catch {
    return [];
  }
}

function setSession(processId: number | undefined, niceness: number): void {
  if (processId === undefined || process.platform !== 'linux') return;
  let file: number;
  try {
    // Opened at once: when its turn comes, the number may be that of somebody else's process.
    file = openSync(`/proc/${processId}/autogroup`, 'r+');
  } catch {
    // It ended meanwhile, or sessions share nothing here.
    return;
  }
  void oneAtATime(() => writeNiceness(file, niceness)).finally(() => closeSync(file));
}

async function writeNiceness(file: number, niceness: number): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      await writeTo(file, String(niceness));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
    await delay(AGAIN_MS, undefined, { ref: false });
  }
}
