import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { innermostProcess } from './linux-meter.ts';

/** Of `nice`: a third of what others get, where all want the processor. */
const NICENESS = 5;

/**
 * Has a process wait for whoever else wants the processor: what a stranger's plugin computes holds up neither the kernel nor the
 * programs of its user. On Linux every thread has a priority of its own.
 */
export function giveWay(processId: number): void {
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
