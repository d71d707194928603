import type { ReadStream } from 'node:tty';

/** What the command touches of its surroundings. */
export interface ConsolePowers {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Answers, for people or machines. */
  out(text: string): void;
  /** Everything else: progress, questions, errors, logs. */
  err(text: string): void;
  /** Aborts once something was to be written that nobody reads any more, as in `aico bus tap | head`. */
  readonly outClosed: AbortSignal;
  /** Whether `err` is a terminal, where a line can be drawn again. */
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colors: { readonly out: boolean; readonly err: boolean };
  readonly stdin: NodeJS.ReadStream | ReadStream;
}

/** The surroundings of this process. */
export function processPowers(): ConsolePowers {
  const { stdin, stdout, stderr, env } = process;
  // A reader that went away (a closed terminal) must not end the host; who only watches for it has nothing left to do.
  const closed = new AbortController();
  stdout.on('error', () => closed.abort());
  stderr.on('error', () => undefined);
  return {
    environment: env,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    outClosed: closed.signal,
    isTerminal: stderr.isTTY === true,
    columns: stderr.columns ?? 80,
    colors: { out: wantsColors(stdout, env), err: wantsColors(stderr, env) },
    stdin,
  };
}

function wantsColors(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}
