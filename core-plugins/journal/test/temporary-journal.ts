import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAicoError } from '@aico/sdk';
import { onTestFinished } from 'vitest';
import type { SealedLogOptions } from '../src/log-options.ts';
import { KEY } from './open-journal.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aico-journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Options of a log in a folder, and what it reported as damaged. */
export function logOptions(folder: string): SealedLogOptions & { damage: string[] } {
  const damage: string[] = [];
  const onDamage = (_path: string, _at: number, problem: string): void => void damage.push(problem);
  return { folder, name: 'events', key: KEY, segmentBytes: 4_096, now: Date.now, onDamage, damage };
}

/** The code of the AicoError that an action throws. */
export async function codeOf(action: () => unknown): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (!isAicoError(error)) throw error;
    return error.code;
  }
}
