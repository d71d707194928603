import { readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const REMOVE_TRIES = 40;
const REMOVE_AGAIN_MS = 25;

/** What dividing a group takes besides its files. */
export interface GroupPowers {
  /** Where the system tells of processes. */
  readonly procFolder: string;
  /** Whether systemd leaves the groups below a unit to the unit itself. */
  readonly isDelegated: (unit: string, ofUser: boolean) => Promise<boolean>;
  /** Removes a group's folder, whose files are the kernel's. */
  readonly remove: (folder: string) => Promise<void>;
}

/** Ids of the processes that are directly in a group. */
export async function processesIn(folder: string): Promise<number[]> {
  const text = await readFile(join(folder, 'cgroup.procs'), 'utf8');
  return text.split('\n').filter(Boolean).map(Number);
}

/** One value of a file of lines such as `oom_kill 1`. */
export function valueIn(text: string, name: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

export function write(folder: string, file: string, text: string): Promise<void> {
  return writeFile(join(folder, file), text);
}

/** Moves processes into a group; those that ended meanwhile are none any more. */
export async function moveInto(folder: string, processes: readonly number[]): Promise<void> {
  for (const id of processes) {
    await write(folder, 'cgroup.procs', String(id)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ESRCH') throw error;
    });
  }
}

/** A group goes once its last process is reaped, which the kernel does in its own time. */
export async function removeGroup(folder: string, remove: GroupPowers['remove'] = rmdir): Promise<void> {
  for (let tries = 0; tries < REMOVE_TRIES; tries += 1) {
    try {
      await remove(folder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return;
      await new Promise((resolve) => setTimeout(resolve, REMOVE_AGAIN_MS));
    }
  }
}
