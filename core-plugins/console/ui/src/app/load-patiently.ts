import { backoffMs } from '../api/backoff.ts';

const MOST_TRIES = 5;
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Loads a part of the app, and tries again for a while: AICO may be starting, and hands out its pages a moment after it answers.
 * @throws what the last try threw
 */
export async function loadPatiently<Loaded>(
  load: () => Promise<Loaded>,
  wait: (milliseconds: number) => Promise<void> = pause,
): Promise<Loaded> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await load();
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
    }
    await wait(backoffMs(tries - 1));
  }
}
