import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Signals a process that leads a group, and everything in it. A kill also takes what it started in groups of their own: bubblewrap binds
 * the life of what it confines to its own only when that is set up, and a kill may come before.
 */
export function killTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(pid), '/t', '/f'], () => killOne(pid, signal));
    return;
  }
  if (signal === 'SIGKILL') killChildren(pid);
  if (!killOne(-pid, signal)) killOne(pid, signal);
}

function killOne(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Ends what a process left behind in its group; the group's number is given to nobody while anything is in it. */
export function killGroup(pid: number): void {
  if (process.platform !== 'win32') killOne(-pid, 'SIGKILL');
}

/** Once a process stands still it starts no more, and no number of its children is given to somebody else. */
function killChildren(pid: number): void {
  try {
    process.kill(pid, 'SIGSTOP');
    for (const child of childrenOf(pid)) {
      killChildren(child);
      process.kill(child, 'SIGKILL');
    }
  } catch {
    // It ended meanwhile, or the system does not tell of its children.
  }
}

/** Where the system tells; each thread has children of its own. */
function childrenOf(pid: number): number[] {
  if (process.platform !== 'linux') return [];
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).flatMap((task) => {
    const children = readFileSync(join(tasks, task, 'children'), 'utf8').trim();
    return children === '' ? [] : children.split(' ').map(Number);
  });
}
