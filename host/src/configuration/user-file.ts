import { readFileSync } from 'node:fs';
import { AicoError } from '@aico/schemas';
import { isRecord } from '../is-record.ts';
import { problemOf } from '../problem.ts';
import { JsonLayer } from './setting-layer.ts';

/** The settings that the user wrote; none when there is no file. @throws AicoError CONFIG_FILE_UNREADABLE */
export function readUserFile(path: string): JsonLayer {
  return new JsonLayer('file', path, readJson(path));
}

function readJson(path: string): Readonly<Record<string, unknown>> {
  try {
    const data: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
    if (isRecord(data)) return data;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw unreadable(path, problemOf(error), error);
  }
  throw unreadable(path, 'it is not an object');
}

function unreadable(path: string, problem: string, cause?: unknown): AicoError {
  return new AicoError('CONFIG_FILE_UNREADABLE', { subject: path, details: { problem }, cause });
}
