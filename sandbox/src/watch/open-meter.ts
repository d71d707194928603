import type { PluginGroup } from '../cgroup/plugin-group.ts';
import type { StopAndGo } from './cpu-brake.ts';
import { innermostProcess, LinuxMeter } from './linux-meter.ts';
import type { Meter } from './meter.ts';
import { PsMeter } from './ps-meter.ts';

export type OpenedMeter =
  | { readonly meter: Meter; readonly stopAndGo: StopAndGo; readonly how: string }
  | { readonly why: string };

/** The meter of this system for a child's process, or the reason why there is none. */
export function openMeter(processId: number | undefined, group?: PluginGroup): OpenedMeter {
  if (processId === undefined) return { why: 'the process is gone' };
  const ofGroup = group === undefined ? undefined : meterOfGroup(group);
  if (ofGroup !== undefined) return ofGroup;
  if (process.platform === 'darwin')
    return { meter: new PsMeter(processId), stopAndGo: signaller(processId), how: 'measured by ps' };
  if (process.platform !== 'linux') return { why: `usage cannot be measured on ${process.platform} yet` };
  try {
    const innermost = innermostProcess(processId);
    return {
      meter: new LinuxMeter(innermost),
      stopAndGo: signaller(innermost),
      how: 'measured by /proc, memory as PSS',
    };
  } catch (error) {
    return { why: `/proc cannot be read: ${String(error)}`.slice(0, 200) };
  }
}

/** A group tells of everything in it. */
function meterOfGroup(group: PluginGroup): OpenedMeter | undefined {
  try {
    return { meter: group.meter(), stopAndGo: group.stopAndGo, how: 'measured by its cgroup' };
  } catch {
    return undefined;
  }
}

/** A process that stands still uses nothing, and goes on where it was. */
function signaller(processId: number): StopAndGo {
  return (still) => {
    try {
      process.kill(processId, still ? 'SIGSTOP' : 'SIGCONT');
    } catch {
      // It ended meanwhile.
    }
  };
}
