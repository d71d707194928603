import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AicoError } from '@aico/schemas';
import { isRecord } from '../is-record.ts';
import { problemOf } from '../problem.ts';
import { writeFileAtomicallySync } from '../state/atomic-file.ts';
import type { HomeFolders } from './home-folders.ts';
import { assertKnownFormat, readFormat } from './home-format.ts';

/** A backup that was put in place. */
export interface Restored {
  readonly backup: string;
  /** Where everything lies that was there before. */
  readonly before: string;
}

const READY = 'ready.json';
const PLAN = 'plan.json';
const ASIDE = 'aside';

/** Whether a restored backup lies ready to be put in place. */
export function hasIncoming({ incoming }: HomeFolders): boolean {
  return existsSync(join(incoming, READY));
}

/**
 * Puts a restored backup in the place of everything, and keeps what was there beside it. To be called while nothing uses the
 * data folder. A start that is killed in the middle goes on where it was: first everything goes aside, then the new comes.
 * @throws AicoError HOST_RESTORE_UNFIT, HOST_HOME_NEWER, with everything as it was
 */
export function takeIncoming({ home, incoming }: HomeFolders): Restored {
  const { backup, entries } = readReady(incoming);
  const files = join(incoming, 'files');
  try {
    assertKnownFormat(home, readFormat(join(files, 'state', 'format.json')) ?? 0);
    const before = join(home, placeOf(incoming));
    mkdirSync(before, { recursive: true, mode: 0o700 });
    if (!existsSync(join(incoming, ASIDE))) {
      for (const entry of entries) moveIfThere(join(home, entry), join(before, entry));
      writeFileAtomicallySync(join(incoming, ASIDE), '\n');
    }
    for (const entry of entries) moveIfThere(join(files, entry), join(home, entry));
    // Without this one the folder says nothing any more, so it goes first.
    rmSync(join(incoming, READY));
    rmSync(incoming, { recursive: true, force: true });
    return { backup, before };
  } catch (error) {
    if (error instanceof AicoError) throw error;
    throw unfit(incoming, problemOf(error), error);
  }
}

/** Where what was there goes: decided once, so that a second try goes on in the same folder. */
function placeOf(incoming: string): string {
  const plan = join(incoming, PLAN);
  if (existsSync(plan)) {
    const { before } = JSON.parse(readFileSync(plan, 'utf8')) as { before: string };
    return before;
  }
  const before = `replaced-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  writeFileAtomicallySync(plan, `${JSON.stringify({ before })}\n`);
  return before;
}

function moveIfThere(from: string, to: string): void {
  if (existsSync(from)) renameSync(from, to);
}

function readReady(incoming: string): { backup: string; entries: readonly string[] } {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(join(incoming, READY), 'utf8'));
  } catch (error) {
    throw unfit(incoming, problemOf(error), error);
  }
  if (!isRecord(data) || data['format'] !== 1) throw unfit(incoming, 'it is of another form');
  const { backup, entries } = data;
  const isEntry = (entry: unknown): entry is string => typeof entry === 'string' && /^[a-z][a-z.]*$/.test(entry);
  if (typeof backup !== 'string' || !Array.isArray(entries) || !entries.every(isEntry))
    throw unfit(incoming, 'it does not say what is in it');
  return { backup, entries };
}

function unfit(incoming: string, problem: string, cause?: unknown): AicoError {
  return new AicoError('HOST_RESTORE_UNFIT', { subject: incoming, details: { problem }, cause });
}
