import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Further up than any tree of processes is deep. */
const MOST_STEPS = 200;

/** Those of some processes that are neither this one, nor what started it, nor what it started. */
export async function strangersAmong(processes: readonly number[], procFolder: string): Promise<number[]> {
  const self = process.pid;
  const above = new Set([self, ...(await ancestorsOf(self, procFolder))]);
  const others = processes.filter((id) => !above.has(id));
  const kin = await Promise.all(others.map(async (id) => (await ancestorsOf(id, procFolder)).includes(self)));
  return others.filter((_, at) => kin[at] === false);
}

async function ancestorsOf(id: number, procFolder: string): Promise<number[]> {
  const found: number[] = [];
  for (let at = id; found.length < MOST_STEPS; ) {
    at = await parentOf(at, procFolder);
    if (at <= 0) break;
    found.push(at);
  }
  return found;
}

/** The parent in /proc/<pid>/stat, which comes after the name, which may hold anything; 0 where there is none. */
async function parentOf(id: number, procFolder: string): Promise<number> {
  const stat = await readFile(join(procFolder, String(id), 'stat'), 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}
