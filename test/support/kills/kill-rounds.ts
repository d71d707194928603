import { setTimeout as delay } from 'node:timers/promises';
import type { Kill } from './kill-report.ts';
import type { KillStage } from './kill-stage.ts';

const VICTIMS: readonly Kill['victim'][] = ['publisher', 'consumer', 'journal', 'host'];

export interface KillRounds {
  readonly rounds: number;
  /** Decides who is killed when. */
  readonly seed: number;
  /** The longest that all run undisturbed. */
  readonly atMostMs: number;
}

/** Kills at random moments; of any four kills in a row, from the first on, one meets each of the four. */
export async function killRounds(stage: KillStage, { rounds, seed, atMostMs }: KillRounds): Promise<void> {
  const random = seededRandom(seed);
  let left: Kill['victim'][] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (left.length === 0) left = [...VICTIMS];
    const [victim = 'host'] = left.splice(Math.floor(random() * left.length), 1);
    await delay(random() * atMostMs);
    await stage.kill(victim);
  }
}

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
