import { readFileSync } from 'node:fs';
import { AicoError } from '@aico/schemas';
import { isRecord } from '../is-record.ts';
import { problemOf } from '../problem.ts';
import { writeFileAtomicallySync } from '../state/atomic-file.ts';

/** The layout of the data folder that this version reads and writes; raised by a change that older versions misread. */
export const HOME_FORMAT = 1;

/**
 * Refuses a data folder of a newer format; marks one that has no format yet.
 * @throws AicoError HOST_HOME_NEWER, HOST_HOME_FORMAT_DAMAGED
 */
export function claimFormat(home: string, formatFile: string): void {
  const found = readFormat(formatFile);
  if (found === undefined) writeFileAtomicallySync(formatFile, `${JSON.stringify({ format: HOME_FORMAT })}\n`);
  else assertKnownFormat(home, found);
}

/** @throws AicoError HOST_HOME_NEWER */
export function assertKnownFormat(home: string, found: number): void {
  if (found <= HOME_FORMAT) return;
  throw new AicoError('HOST_HOME_NEWER', { subject: home, details: { found, known: HOME_FORMAT } });
}

/** The format of a data folder, or undefined when nothing is there. @throws AicoError HOST_HOME_FORMAT_DAMAGED */
export function readFormat(formatFile: string): number | undefined {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(formatFile, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw damaged(formatFile, problemOf(error), error);
  }
  const format = isRecord(data) ? data['format'] : undefined;
  if (Number.isSafeInteger(format) && (format as number) > 0) return format as number;
  throw damaged(formatFile, 'it holds no format number');
}

function damaged(subject: string, problem: string, cause?: unknown): AicoError {
  return new AicoError('HOST_HOME_FORMAT_DAMAGED', { subject, details: { problem }, cause });
}
