import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Fingerprints } from './fingerprint.ts';
import type { Stamps } from './stamps.ts';

/** One part of the build: skipped while its inputs are the ones that its outputs were made from. */
export interface Step {
  readonly name: string;
  /** What it does, for the progress line. */
  readonly title: string;
  /** Files and folders, relative to the root, whose content decides. */
  readonly inputs: readonly string[];
  /** Files that must be there, relative to the root. */
  readonly outputs: readonly string[];
  run(): Promise<void>;
}

/** What a build works with. */
export interface Workshop {
  readonly root: string;
  readonly fingerprints: Fingerprints;
  readonly stamps: Stamps;
  say(line: string): void;
}

/** Runs the step unless its outputs are up to date; resolves to whether it ran. */
export async function runStep(step: Step, workshop: Workshop): Promise<boolean> {
  const fingerprint = workshop.fingerprints.of(step.inputs);
  const complete = step.outputs.every((output) => existsSync(join(workshop.root, output)));
  if (complete && workshop.stamps.holds(step.name, fingerprint)) return false;
  const startedAt = performance.now();
  workshop.say(`• ${step.title} …`);
  await step.run();
  workshop.stamps.record(step.name, fingerprint);
  workshop.say(`✓ ${step.title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return true;
}
