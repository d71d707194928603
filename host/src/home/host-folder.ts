import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AicoError } from '@aico/schemas';
import { isRecord } from '../is-record.ts';
import { problemOf } from '../problem.ts';
import { writeFileAtomicallySync } from '../state/atomic-file.ts';
import { problemWith, realPath, runtimeEnvironment, runtimeFolder } from './runtime-folder.ts';

const NOTE = 'running.json';

/**
 * Where the sockets of a data folder's host lie: where the last one noted that they do, else where the environment says. A service, a
 * timer and a desktop session have different environments, and must find the same host: two on the same data would destroy it.
 */
export function hostFolder(home: string): string {
  const environment = runtimeEnvironment();
  return notedFolder(home, environment.userId) ?? runtimeFolder(home, environment);
}

/** Tells every other start and command where the sockets lie. To be called by the one host alone. @throws AicoError HOST_HOME_UNWRITABLE */
export function noteHostFolder(home: string, folder: string): void {
  try {
    writeFileAtomicallySync(join(home, NOTE), `${JSON.stringify({ home: realPath(home), folder })}\n`);
  } catch (cause) {
    throw new AicoError('HOST_HOME_UNWRITABLE', { subject: home, details: { problem: problemOf(cause) }, cause });
  }
}

/** Undefined where nobody is left: whoever stops takes the folder away. A copy of a data folder has the note of another one. */
function notedFolder(home: string, userId: number | undefined): string | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(join(home, NOTE), 'utf8'));
    if (!isRecord(note) || note['home'] !== realPath(home) || typeof note['folder'] !== 'string') return undefined;
    const { folder } = note;
    return lstatSync(folder, { throwIfNoEntry: false }) && problemWith(folder, userId) === undefined
      ? folder
      : undefined;
  } catch {
    return undefined;
  }
}
