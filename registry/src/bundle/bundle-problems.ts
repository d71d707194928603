import { relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { AicoError } from '@aico/schemas';
import { ENTRY_FILE } from './entry-file.ts';

/** What the bundler says of one place. */
export interface BundleLog {
  readonly code?: string;
  readonly message: string;
  readonly id?: string;
  readonly loc?: { readonly file?: string; readonly line: number; readonly column: number };
}

/** Explains a complaint of the bundler. */
export function problemOfLog(log: BundleLog, folder: string): AicoError {
  const code = log.code === 'UNRESOLVED_IMPORT' ? 'AUTHOR_IMPORT_UNRESOLVED' : 'AUTHOR_CODE_INVALID';
  return new AicoError(code, { subject: folder, details: { place: placeOf(log, folder), problem: sentenceOf(log) } });
}

/** Every problem that ended a build. @throws what is not a complaint about the code */
export function problemsOfFailure(failure: unknown, folder: string): AicoError[] {
  const { errors } = failure as { readonly errors?: readonly BundleLog[] };
  if (!Array.isArray(errors) || errors.length === 0) throw failure;
  return (errors as readonly BundleLog[]).map((log) => problemOfLog(log, folder));
}

/** As editors and terminals know places: `src/index.ts:3:7`, both counted from one. */
function placeOf({ loc, id }: BundleLog, folder: string): string {
  const file = loc?.file ?? id;
  const name = file === undefined ? ENTRY_FILE : relative(folder, file).split(sep).join('/');
  return loc === undefined ? name : `${name}:${loc.line}:${loc.column + 1}`;
}

/** The first line, without the bundler's own code before it and the full stop after it. */
function sentenceOf({ message }: BundleLog): string {
  const [first = ''] = stripVTControlCharacters(message).split('\n');
  return first.replace(/^\[[A-Z_]+\]\s*/, '').replace(/\.$/, '');
}
