import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** Clock ticks of /proc/<pid>/stat; fixed by Linux for user space. */
const TICKS_PER_SECOND = 100;

/** What a process and everything below it use of the processor while nothing is asked of them, in percent of one core. */
export async function idleCpu(root: number, milliseconds: number): Promise<number> {
  const before = await cpuTicks(root);
  await pause(milliseconds);
  const ticks = (await cpuTicks(root)) - before;
  return (ticks / TICKS_PER_SECOND / (milliseconds / 1000)) * 100;
}

/** A process and everything below it. */
export async function tree(root: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc')) {
    const stat = /^[0-9]+$/.test(name) ? await readStat(Number(name)) : undefined;
    if (stat === undefined) continue;
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  const below = (id: number): number[] => [id, ...(children.get(id) ?? []).flatMap(below)];
  return below(root);
}

async function cpuTicks(root: number): Promise<number> {
  const stats = await Promise.all((await tree(root)).map(readStat));
  return stats.reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0);
}

async function readStat(id: number): Promise<{ parent: number; ticks: number } | undefined> {
  const text = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => undefined);
  // The command may hold spaces and parentheses; what follows the last one is fixed.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined) return undefined;
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

/** The process's fair share of memory (PSS), MB. */
export async function pssMb(id: number): Promise<number> {
  const text = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+([0-9]+) kB/m.exec(text)?.[1] ?? 0) / 1024;
}
