import { PassThrough } from 'node:stream';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { CallOptions, Finished } from './aico.ts';

// The folder for sockets is then the same one that a started host finds.
delete process.env['XDG_RUNTIME_DIR'];

/** A call of `aico` inside the test's own process; `out` grows while it runs. */
export interface Call {
  readonly finished: Promise<Finished>;
  out(): string;
  err(): string;
}

export function beginAico(args: readonly string[], { home, environment, input }: CallOptions): Call {
  let out = '';
  let err = '';
  const stdin = new PassThrough();
  stdin.end(input ?? '');
  const code = runCommandLine(args, {
    environment: { AICO_HOME: home, AICO_PLUGINS_GATEWAY_PORT: '0', AICO_OPEN: '0', ...environment },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outClosed: new AbortController().signal,
    isTerminal: false,
    columns: 80,
    colors: { out: false, err: false },
    stdin: stdin as unknown as NodeJS.ReadStream,
  });
  return { finished: code.then((finished) => ({ code: finished, out, err })), out: () => out, err: () => err };
}

/** Runs an `aico` command to its end, in the test's own process. */
export function aicoHere(args: readonly string[], options: CallOptions): Promise<Finished> {
  return beginAico(args, options).finished;
}

/** The JSON document that it answered. */
export async function jsonHere(args: readonly string[], options: CallOptions): Promise<Record<string, unknown>> {
  const { out, err } = await aicoHere([...args, '--json'], options);
  if (out === '') throw new Error(`aico ${args.join(' ')} answered nothing: ${err}`);
  return JSON.parse(out) as Record<string, unknown>;
}
