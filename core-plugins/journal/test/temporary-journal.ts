import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAicoError } from '@aico/sdk';
import { onTestFinished } from 'vitest';
import { Journal, type JournalOptions } from '../src/journal.ts';
import type { NewEvent } from '../src/kept-event.ts';
import type { SealedLogOptions } from '../src/log-options.ts';

export const KEY: Buffer = Buffer.alloc(32, 7);
export const TOPIC = 'chat.message.created.v1';

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

export interface Reported {
  readonly damaged: string[];
  readonly dead: number[];
  readonly failed: unknown[];
  readonly dropped: number[];
}

/** Opens a journal that notes what it reports. */
export async function openJournal(
  folder: string,
  options: Partial<JournalOptions> = {},
): Promise<Journal & { reported: Reported }> {
  const reported: Reported = { damaged: [], dead: [], failed: [], dropped: [] };
  const journal = await Journal.open({
    folder,
    key: KEY,
    now: Date.now,
    after: (milliseconds, handler) => {
      const timer = setTimeout(handler, milliseconds);
      return () => clearTimeout(timer);
    },
    report: {
      damaged: (_file, _at, problem) => reported.damaged.push(problem),
      dead: (_group, { sequence }) => reported.dead.push(sequence),
      failed: (_doing, error) => reported.failed.push(error),
      dropped: (files) => reported.dropped.push(files),
    },
    ...options,
  });
  return Object.assign(journal, { reported });
}

export function event(data: unknown, topic: string = TOPIC): NewEvent {
  return { topic, time: Date.now(), sender: 'chat', incarnation: 'chat-1', payload: JSON.stringify(data) };
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
