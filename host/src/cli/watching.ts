import type { ConsolePowers } from './console-powers.ts';

/**
 * Does what goes on until its user has seen enough: by Ctrl-C, by closing the other end of a pipe, or after so many seconds. The
 * work tidies up and tells its end; a second Ctrl-C ends it at once.
 */
export async function watching<Result>(
  { outClosed }: Pick<ConsolePowers, 'outClosed'>,
  seconds: number | undefined,
  work: (enough: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000);
  // Whoever started us may pass a Ctrl-C on as a SIGTERM, which must not end us halfway.
  process.once('SIGINT', end).on('SIGTERM', end);
  outClosed.addEventListener('abort', end);
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', end).off('SIGTERM', end);
    outClosed.removeEventListener('abort', end);
  }
}

/** Resolves once a signal aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
