// Progress goes to stderr, so that what a command answers on stdout stays clean for machines.

/** A failure that is fully explained by its message: shown without a stack. */
export class Stop extends Error {}

/** Says one line of progress. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** How long ago `startedAt` (from `performance.now()`) was, for people. */
export function since(startedAt) {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}
