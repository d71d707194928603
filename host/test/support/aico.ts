import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished } from 'vitest';
import { runtimeEnvironment, runtimeFolder } from '../../src/home/runtime-folder.ts';

const ROOT = join(import.meta.dirname, '../../..');
const MAIN = join(ROOT, 'host/dist/main.js');

/** What a finished command said. */
export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** A program that runs the command, e.g. in a sandbox, with its parameters. */
  readonly within?: readonly string[];
}

/** A line of `aico start --json`. */
export interface StartEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

/** Runs an `aico` command to its end. */
export function aico(args: readonly string[], options: CallOptions): Promise<Finished> {
  return beginCommand(args, options).finished;
}

/** An `aico` command that runs. */
export interface BegunCommand {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves once it said something like this, to either side. */
  said(pattern: RegExp): Promise<void>;
}

export function beginCommand(args: readonly string[], options: CallOptions): BegunCommand {
  const child = launch(args, options);
  child.stdin?.end(options.input ?? '');
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  const said = (pattern: RegExp): Promise<void> => expect.poll(() => out + err).toMatch(pattern);
  return { process: child, finished, said };
}

/** The JSON document that a command answered. */
export async function aicoJson(args: readonly string[], options: CallOptions): Promise<Record<string, unknown>> {
  const { out, err } = await aico([...args, '--json'], options);
  if (out === '') throw new Error(`aico ${args.join(' ')} answered nothing: ${err}`);
  return JSON.parse(out) as Record<string, unknown>;
}

/** A host that is being started by `aico start --json`; it is ended after the test. */
export interface BegunHost {
  readonly process: ChildProcess;
  readonly events: readonly StartEvent[];
  /** The next event of a kind, or one that was. @throws when the host ends before */
  event(kind: string): Promise<StartEvent>;
  /** Resolves to the exit code, or the signal. */
  readonly ended: Promise<number | string>;
}

export function beginHost(options: CallOptions, ...args: string[]): BegunHost {
  const child = launch(['start', '--json', ...args], options);
  const events: StartEvent[] = [];
  const waiting = new Set<() => void>();
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on('line', (line) => {
    events.push(JSON.parse(line) as StartEvent);
    for (const look of waiting) look();
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
    // One that was killed could not tidy up.
    rmSync(socketsOf(options.home), { recursive: true, force: true });
  });
  const event = (kind: string): Promise<StartEvent> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.find((each) => each.event === kind);
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then((code) => reject(new Error(`aico start ended with ${code}: ${err} ${JSON.stringify(events)}`)));
    });
  return { process: child, events, event, ended };
}

/** Starts a host and waits until it is ready. */
export async function startHost(
  options: CallOptions,
  ...args: string[]
): Promise<BegunHost & { readonly ready: StartEvent }> {
  const host = beginHost(options, ...args);
  return { ...host, ready: await host.event('ready') };
}

/** `aico logs --follow`, from its last line on. */
export function followLogs(options: CallOptions): { readonly lines: readonly string[]; end(): void } {
  const child = launch(['logs', '--follow', '-n', '1'], options);
  const lines: string[] = [];
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(line));
  const end = (): void => void child.kill('SIGKILL');
  onTestFinished(end);
  return { lines, end };
}

/** The folder for sockets of a data folder, as the command finds it. */
export function socketsOf(home: string): string {
  return runtimeFolder(home, { ...runtimeEnvironment(), xdgRuntime: undefined });
}

/** Every process below one, by number. Linux only. */
export function descendantsOf(processId: number): number[] {
  const parents = readdirSync('/proc').flatMap((name): [number, number][] => {
    const stat = /^\d+$/.test(name) ? readStat(name) : undefined;
    return stat === undefined ? [] : [[Number(name), stat]];
  });
  const children = parents.filter(([, parent]) => parent === processId).map(([child]) => child);
  return [...children, ...children.flatMap(descendantsOf)];
}

/** Whether a process runs; one that is dead and not yet reaped does not. */
export function runs(processId: number): boolean {
  return existsSync(`/proc/${processId}`) && !/^State:\s*[ZX]/m.test(readStatus(processId));
}

function readStatus(processId: number): string {
  try {
    return readFileSync(`/proc/${processId}/status`, 'utf8');
  } catch {
    return 'State: X';
  }
}

function readStat(processId: string): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

function launch(args: readonly string[], { home, environment, within = [] }: CallOptions): ChildProcess {
  const [program, ...rest] = [...within, process.execPath, MAIN, ...args];
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('AICO_') && name !== 'XDG_RUNTIME_DIR',
  );
  const env = {
    ...Object.fromEntries(inherited),
    AICO_HOME: home,
    AICO_PLUGINS_GATEWAY_PORT: '0',
    AICO_OPEN: '0',
    ...environment,
  };
  return spawn(program as string, rest, { env, stdio: 'pipe' });
}
