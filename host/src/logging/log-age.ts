import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The first line of a log is not longer than this, or its time stands before. */
const HEAD_BYTES = 512;

/** When the first line of a log file was written, ms since 1970; when the file changed last if no line tells; undefined without a file. */
export async function begunAt(path: string): Promise<number | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const [, time = ''] = /"time":"([^"]{20,35})"/.exec(buffer.toString('latin1', 0, bytesRead)) ?? [];
    const told = Date.parse(time);
    return Number.isNaN(told) ? (await file.stat()).mtimeMs : told;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** Removes log files that were begun before a time, but for those that somebody writes to. */
export async function removeOldLogs(folder: string, before: number, inUse: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.log') || inUse(name)) continue;
    const path = join(folder, name);
    const begun = await begunAt(path);
    if (begun !== undefined && begun < before) await rm(path, { force: true }).catch(() => undefined);
  }
}
