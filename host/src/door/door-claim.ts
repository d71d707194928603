import { chmodSync, closeSync, openSync, rmSync, statSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A claim takes milliseconds; one this old was left by a process that died in it. */
const ABANDONED_MS = 5000;
const RETRY_MS = 20;

/**
 * Listens at the door, or answers false when a living process does. A socket that a killed process left is replaced.
 * Looking, removing and listening happen under a claim file, so that of several starters exactly one wins.
 */
export async function claimDoor(server: Server, address: string): Promise<boolean> {
  if (process.platform === 'win32') return listen(server, address);
  const release = await takeClaim(`${address}.claim`);
  try {
    if (await isAnswered(address)) return false;
    rmSync(address, { force: true });
    if (!(await listen(server, address))) return false;
    chmodSync(address, 0o600);
    return true;
  } finally {
    release();
  }
}

/** Whether a process listens there. A hung one counts: its socket still takes connections. */
export function isAnswered(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const finish = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => finish(true));
    // A full backlog (EAGAIN) is a living process too.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => finish(code === 'EAGAIN'));
  });
}

/** Waits until no other process holds a claim file, and takes it; returns its release. */
export async function takeClaim(path: string): Promise<() => void> {
  for (;;) {
    try {
      closeSync(openSync(path, 'wx', 0o600));
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (ageOf(path) > ABANDONED_MS) rmSync(path, { force: true });
    else await sleep(RETRY_MS);
  }
}

function ageOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}

function listen(server: Server, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    server.once('error', fail);
    server.listen(address, () => {
      server.off('error', fail);
      resolve(true);
    });
  });
}
