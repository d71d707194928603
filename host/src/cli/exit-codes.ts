import { isAicoError } from '@aico/schemas';

/** What the exit code of `aico` means. Part of its interface: only ever add. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  settings: 3,
  dataFolder: 4,
  notRunning: 5,
  forced: 130,
} as const;

/** The table, for `aico --help`. */
export const EXIT_CODES_HELP = `
Exit codes:
  0    done (also: start, when it runs already; stop, when it does not run)
  1    it failed, or doctor found something wrong
  2    the command was not understood
  3    a setting is wrong
  4    the data folder cannot be used
  5    AICO does not run
  130  ended at once by a second Ctrl-C`;

/** The exit code of a failure. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof AggregateError && error.errors.length > 0) return exitCodeOf(error.errors[0]);
  if (!isAicoError(error)) return EXIT.failed;
  if (error.code.startsWith('CONFIG_')) return EXIT.settings;
  if (error.code.startsWith('HOST_HOME_')) return EXIT.dataFolder;
  if (error.code.startsWith('HOST_USAGE_')) return EXIT.usage;
  return error.code === 'HOST_NOT_RUNNING' ? EXIT.notRunning : EXIT.failed;
}
