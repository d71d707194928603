import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ifThere } from './backup-files.ts';

/** Says that a restore is whole. */
export const READY = 'ready.json';

/**
 * Removes what stays when this process is killed: copies in the scratch folder, and a restore that was not finished. Each is a copy
 * of everything, and forgetting does not reach it. To be called before anything is served, while nobody works there.
 */
export async function removeLeftovers(home: string): Promise<void> {
  const incoming = join(home, 'incoming');
  const left = await pathsIn(join(home, 'scratch'));
  // With this file a restore is whole, and the next start of the host puts it in place.
  if (!(await isThere(join(incoming, READY)))) left.push(...(await pathsIn(incoming)));
  const outcomes = await Promise.allSettled(left.map((path) => rm(path, { recursive: true, force: true })));
  // What cannot be removed holds up nothing else.
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Removes a restore that was laid ready. */
export async function clearIncoming(incoming: string): Promise<void> {
  // Without the first one the others say nothing.
  for (const name of [READY, 'plan.json', 'aside']) await rm(join(incoming, name), { force: true });
  await rm(join(incoming, 'files'), { recursive: true, force: true });
}

/** What lies in a folder; the folder itself stays, since it is what this plugin may write to. */
async function pathsIn(folder: string): Promise<string[]> {
  const names = await ifThere(readdir(folder));
  return (names ?? []).map((name) => join(folder, name));
}

async function isThere(path: string): Promise<boolean> {
  return (await ifThere(stat(path))) !== undefined;
}
