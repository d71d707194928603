import { PATIENCE_MS } from './backup-files.ts';
import { isSilence } from './disk-error.ts';

/** So often in turn it did not answer: about a minute, which no disk takes to wake up and no share to be slow. */
const MOST_SILENCE = 4;

/**
 * Works on a folder for as long as it answers. What a share is asked that hangs is answered when it comes back, or never: whoever waits
 * learns of it, and the work ends by the signal once it can.
 * @param look what the folder answers quickly, if at all
 * @throws AicoError BACKUP_FOLDER_GONE
 */
export async function whileAnswering<Result>(
  look: () => Promise<unknown>,
  work: (silent: AbortSignal) => Promise<Result>,
  everyMs: number = PATIENCE_MS,
): Promise<Result> {
  const silent = new AbortController();
  const { promise: hangs, reject } = Promise.withResolvers<never>();
  let times = 0;
  const timer = setInterval(() => {
    void look().then(
      () => {
        times = 0;
      },
      (error: unknown) => {
        times = isSilence(error) ? times + 1 : 0;
        if (times < MOST_SILENCE) return;
        silent.abort(error);
        reject(error);
      },
    );
  }, everyMs);
  const worked = work(silent.signal);
  // Nobody waits any more for how it ends after that.
  worked.catch(() => undefined);
  try {
    return await Promise.race([worked, hangs]);
  } finally {
    clearInterval(timer);
  }
}
