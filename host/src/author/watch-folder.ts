import { watch } from 'node:fs';
import { AicoError } from '@aico/schemas';
import { problemOf } from '../problem.ts';

/** Results of builds and of package managers, which change by themselves. */
const NOT_SOURCES = /(^|[\\/])(node_modules|dist|\.git)([\\/]|$)/;
/** An editor writes a file in several steps. */
const SETTLE_MS = 80;

/**
 * Calls back after changes in a folder and all below it, once for those that come together; returns its undo.
 * @throws AicoError AUTHOR_WATCH_FAILED
 */
export function watchFolder(folder: string, onChange: () => void, onFailure: (error: AicoError) => void): () => void {
  const failed = (cause: unknown): AicoError =>
    new AicoError('AUTHOR_WATCH_FAILED', { subject: folder, details: { problem: problemOf(cause) }, cause });
  let timer: NodeJS.Timeout | undefined;
  const note = (_: string, file: string | null): void => {
    if (file !== null && NOT_SOURCES.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLE_MS);
  };
  try {
    const watcher = watch(folder, { recursive: true }, note);
    watcher.on('error', (error) => onFailure(failed(error)));
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  } catch (cause) {
    throw failed(cause);
  }
}
