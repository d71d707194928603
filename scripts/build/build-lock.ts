import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 200;
/** What says that a checkout is somebody else's, or on a medium that cannot be written. */
const NOT_OURS: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * Lets one build at a time work in a checkout: waits for a running one, takes over from a dead one; returns the release.
 * Undefined where this user may not write: whoever installed AICO there for all built it, too.
 */
export async function takeBuildLock(file: string, say: (line: string) => void): Promise<(() => void) | undefined> {
  try {
    return await takeOwn(file, say);
  } catch (error) {
    if (NOT_OURS.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function takeOwn(file: string, say: (line: string) => void): Promise<() => void> {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!tryTake(file)) {
    if (!isHeld(file)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) say('• Waiting for another build of this checkout …');
    told = true;
    await sleep(POLL_INTERVAL_MS);
  }
  return () => rmSync(file, { force: true });
}

function tryTake(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isHeld(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
