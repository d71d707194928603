import { innermostProcess, LinuxMeter } from './linux-meter.ts';
import type { Meter } from './meter.ts';
import { PsMeter } from './ps-meter.ts';

export type OpenedMeter = { readonly meter: Meter } | { readonly why: string };

/** The meter of this system for a child's process, or the reason why there is none. */
export function openMeter(processId: number | undefined): OpenedMeter {
  if (processId === undefined) return { why: 'the process is gone' };
  if (process.platform === 'darwin') return { meter: new PsMeter(processId) };
  if (process.platform !== 'linux') return { why: `usage cannot be measured on ${process.platform} yet` };
  try {
    return { meter: new LinuxMeter(innermostProcess(processId)) };
  } catch (error) {
    return { why: `/proc cannot be read: ${String(error)}`.slice(0, 200) };
  }
}
