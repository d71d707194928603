import { unwatchFile, watchFile } from 'node:fs';

const LOOK_EVERY_MS = 1_000;

/** Calls back after each change of the user's keys, also of a file that comes or goes; returns its undo. */
export function watchTrust(file: string, onChange: () => void): () => void {
  // Looking is the one way that works wherever the data folder lies; a look is a hundredth of a millisecond.
  const changed = (): void => onChange();
  watchFile(file, { persistent: false, interval: LOOK_EVERY_MS }, changed);
  return () => unwatchFile(file, changed);
}
