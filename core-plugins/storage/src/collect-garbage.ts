import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage now. libSQL lets go of a closed connection, with the key and the pages in its memory, when the last
 * JavaScript object that refers to it is collected; after locking that must not wait for the next busy hour.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  if (typeof collect === 'function') collect();
}
