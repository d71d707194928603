import { backoffMs } from '../api/backoff.ts';

/** Repeats `work`, waiting longer after each time, until undone. Returns its undo. */
export function keepTrying(work: () => Promise<void>): () => void {
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let undone = false;
  const again = (): void => {
    if (!undone) timer = setTimeout(() => void work().finally(again), backoffMs(attempt++));
  };
  again();
  return () => {
    undone = true;
    clearTimeout(timer);
  };
}
