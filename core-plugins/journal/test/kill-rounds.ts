import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Delivery } from '@aico/sdk';
import type { Journal } from '../src/journal.ts';
import { openJournal, TOPIC } from './open-journal.ts';

const CHILD = join(import.meta.dirname, 'write-until-killed-child.ts');
const KEYS = 7;

/** What many rounds of kill -9 showed. */
export interface KillReport {
  readonly acknowledged: number;
  /** Acknowledged, but neither handled before a kill nor handed out after the last one. */
  readonly lost: readonly number[];
  /** Handed out after a later one of the same key was handled. */
  readonly outOfOrder: readonly string[];
  /** Handled, and handed out again: allowed for what was settled within the last moments before a kill. */
  readonly repeated: number;
  readonly complaints: readonly string[];
}

/** Runs the child again and again in one folder, kills it at random moments, and then reads what is left. */
export async function killRounds(folder: string, rounds: number): Promise<KillReport> {
  const kept = new Set<number>();
  const done = new Set<number>();
  const outOfOrder: string[] = [];
  const complaints: string[] = [];
  let repeated = 0;
  let highest = 0;
  const take = (lines: readonly string[]): void => {
    // An event is checked against what was handled in this life of the journal: what a kill undoes may come again.
    const highestDone = new Map<number, number>();
    for (const line of lines) {
      const [word, text, sequenceText] = line.split(' ');
      const number = Number(text);
      if (word === 'kept') {
        kept.add(number);
        highest = Math.max(highest, number);
      } else if (word === 'done') done.add(number);
      else if (word === 'got') {
        highest = Math.max(highest, number);
        if (done.has(number)) repeated += 1;
        const sequence = Number(sequenceText);
        const before = highestDone.get(number % KEYS) ?? 0;
        if (sequence < before) outOfOrder.push(`${number} at ${sequence} after ${before}`);
        highestDone.set(number % KEYS, Math.max(before, sequence));
      } else complaints.push(line);
    }
  };
  for (let round = 0; round < rounds; round += 1) {
    take(await runUntilKilled(folder, highest + 1_000, 20 + Math.random() * 250));
  }
  for (const { data } of await drain(folder)) done.add((data as { number: number }).number);
  return {
    acknowledged: kept.size,
    lost: [...kept].filter((number) => !done.has(number)),
    outOfOrder,
    repeated,
    complaints,
  };
}

/** Whole lines of the child's output; it is killed some ms after its first. */
async function runUntilKilled(folder: string, from: number, milliseconds: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--conditions=source', CHILD, folder, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), milliseconds);
    output += chunk.toString();
  });
  await new Promise((resolve) => child.on('close', resolve));
  return output.split('\n').slice(0, -1);
}

/** Everything that the group has not settled. */
async function drain(folder: string): Promise<Delivery[]> {
  const journal: Journal = await openJournal(folder);
  const group = await journal.join('memory/main', { pattern: TOPIC, group: 'main', from: { at: 'start' } });
  const seen: Delivery[] = [];
  const write = async (delivery: Delivery): Promise<void> => {
    seen.push(delivery);
    group.settle({ pattern: TOPIC, group: 'main', acknowledged: [delivery.sequence], returned: [] }, 'b');
  };
  group.join({ incarnation: 'b', maxInFlight: 1_000, write, onFailure: () => {} }, 50);
  while (group.status().waiting + group.status().inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await journal.close();
  return seen;
}
