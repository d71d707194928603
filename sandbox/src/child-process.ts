import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { RunDebugger, RunExit } from '@aico/kernel/contracts';
import { AicoError, type Quota } from '@aico/schemas';
import type { ChildReport, GuestOver } from './child-report.ts';
import { encodeHandOver } from './hand-over.ts';
import { killGroup, killTree } from './launch/kill-tree.ts';
import type { Launch, LaunchPlan } from './launch/launch-plan.ts';
import type { ProcessEnd, ProcessStarter, StartedProcess } from './launcher/process-starter.ts';
import { LogReader, parseErrorLine, parseOutputLine } from './log-reader.ts';
import { readMessages, writeMessage } from './message-lines.ts';

/** Standard output and error; fd 3, which carries the hand-over and, by staying open, this process's life; a debugger's. */
const USUAL_PIPES = 3;
const MAX_REPORTS = 4;
/** More than all of them take: whoever sends more would fill this process with a line that never ends. */
const MAX_REPORT_BYTES = 64 * 1024;
/** Frames of the last stack that was printed, which are kept for the report of an exit. */
const MAX_FRAMES = 10;
const MAX_FRAME_CHARACTERS = 500;
/** How long the last lines of a process that is gone are waited for. */
const LAST_LINES_MS = 2_000;
const SIGNAL_EXIT = 128;
const SIGNALS: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

/** One plugin's process from spawn to exit: its pipes, its hand-over, its end. */
export class PluginProcess {
  readonly log: LogReader = new LogReader();
  readonly exited: Promise<RunExit>;
  readonly #started: StartedProcess;
  readonly #launch: Launch;
  #plan: LaunchPlan | undefined;
  /** Of the processor, ms a second. */
  #cpuLimit = Number.POSITIVE_INFINITY;
  #cause: RunExit['cause'];
  #ended = false;
  #frames: string[] = [];
  #inStack = false;
  #isUp = true;
  #ready: (() => void) | undefined;

  private constructor(launch: Launch, started: StartedProcess) {
    this.#launch = launch;
    this.#started = started;
    this.exited = this.#whenGone();
    const [output, errors] = started.pipes;
    if (output) this.log.read(output, parseOutputLine);
    if (errors) this.log.read(errors, (text) => this.#readErrorLine(text));
  }

  /** @throws Error in the system's words */
  static async start(starter: ProcessStarter, launch: Launch): Promise<PluginProcess> {
    const pipes = launch.inspected ? USUAL_PIPES + 1 : USUAL_PIPES;
    return new PluginProcess(launch, await starter.start({ ...launch, pipes }));
  }

  get processId(): number {
    return this.#started.processId;
  }

  /** Where its debugger is spoken to, when it was started with one. */
  get debugger(): RunDebugger | undefined {
    const pipe = this.#started.pipes[USUAL_PIPES];
    if (pipe === undefined) return undefined;
    return {
      send: (message) => writeMessage(pipe, message),
      onMessage: (handler) => readMessages(pipe, handler),
    };
  }

  /** The stack that was printed last on standard error: of what ended the process, when an error did. */
  get lastStack(): string {
    return this.#frames.join('\n');
  }

  /** Whether it runs. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** What it may log and compute from now on. */
  limit({ logLinesPerMinute, cpuMsPerSecond }: Required<Quota>): void {
    this.log.limit(logLinesPerMinute);
    this.#cpuLimit = cpuMsPerSecond;
  }

  /**
   * Hands everything over and waits until the child is on its bus link.
   * @param plan what was launched is what this plan would launch
   * @throws AicoError SANDBOX_SPAWN_FAILED
   */
  async begin(plan: LaunchPlan, files: ReadonlyMap<string, Uint8Array>, deadlineMs: number): Promise<void> {
    this.#plan = plan;
    const pipe = this.#started.pipes[2];
    const ready = new Promise<undefined>((resolve) => {
      this.#ready = () => resolve(undefined);
    });
    if (pipe !== undefined) {
      this.#listen(pipe);
      for (const part of encodeHandOver(plan.handOver, files)) pipe.write(part);
    }
    const deadline = AbortSignal.timeout(deadlineMs);
    const late = once(deadline, 'abort').then(() => `it was not up within ${deadlineMs} ms`);
    const gone = this.exited.then(({ code, signal }) => `it ended at once (${signal ?? `code ${code}`})`);
    const problem = await Promise.race([ready, gone, late]);
    if (problem === undefined) return;
    this.kill('SIGKILL');
    throw new AicoError('SANDBOX_SPAWN_FAILED', { subject: plan.handOver.manifest.id, details: { problem } });
  }

  /** Kills the tree for a reason of ours, which `exited` will tell. */
  end(cause: NonNullable<RunExit['cause']>): void {
    this.#cause ??= cause;
    this.kill('SIGKILL');
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.#isUp) killTree(this.processId, signal);
  }

  #listen(pipe: Duplex): void {
    let reports = 0;
    let bytes = 0;
    pipe.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_REPORT_BYTES) pipe.destroy();
    });
    const lines = createInterface({ input: pipe });
    lines.on('line', (line) => {
      reports += 1;
      if (reports <= MAX_REPORTS) this.#readReport(line);
    });
    // The child closed its end; how it ended is told by its exit. Whoever reads lines of a pipe passes its errors on.
    const ignore = (): void => {};
    pipe.on('error', ignore);
    lines.on('error', ignore);
  }

  #readReport(line: string): void {
    let report: ChildReport;
    try {
      report = JSON.parse(line) as ChildReport;
    } catch {
      return;
    }
    if (report.type === 'ready') this.#ready?.();
    // In a trusted plugin's process the plugin itself could write here.
    if (this.#plan?.handOver.isolate === undefined) return;
    if (report.type === 'ended') this.#ended = true;
    else if (report.type === 'ending')
      this.#cause ??= report.cause.kind === 'memory' ? this.#outOfMemory() : this.#outOfTime(report.cause);
  }

  #readErrorLine(text: string): ReturnType<typeof parseErrorLine> {
    if (/^FATAL ERROR: .*(heap|memory)/i.test(text)) this.#cause ??= this.#outOfMemory();
    this.#keepFrame(text);
    return parseErrorLine(text);
  }

  /** Told as the limit that its user can raise, not as the isolate's share of it. */
  #outOfMemory(): NonNullable<RunExit['cause']> {
    const limit = this.#plan?.memoryMb ?? 0;
    return { kind: 'memory', used: limit, limit };
  }

  /** Who used no more than it may is not told that it used too much: more would not help it. */
  #outOfTime({ used, overMs, held }: GuestOver & { kind: 'entry' }): NonNullable<RunExit['cause']> {
    const limit = this.#cpuLimit;
    return held || used > limit ? { kind: 'cpu', used, limit, overMs } : { kind: 'entry', overMs };
  }

  #keepFrame(text: string): void {
    const isFrame = /^ {1,8}at /.test(text);
    if (isFrame && !this.#inStack) this.#frames = [];
    this.#inStack = isFrame;
    if (isFrame && this.#frames.length < MAX_FRAMES) this.#frames.push(text.slice(0, MAX_FRAME_CHARACTERS));
  }

  async #whenGone(): Promise<RunExit> {
    const { ended, pipes } = this.#started;
    const closed = Promise.all(pipes.map(whenClosed));
    const end = await ended;
    this.#isUp = false;
    // What it started ends with it; whoever got away and holds its pipes open keeps nobody from knowing that it is gone.
    killGroup(this.processId);
    for (const pipe of pipes) pipe.resume();
    const late = setTimeout(() => {
      for (const pipe of pipes) pipe.destroy();
    }, LAST_LINES_MS);
    await closed;
    clearTimeout(late);
    this.log.close();
    return { ...this.#unwrap(end), ...(this.#cause && { cause: this.#cause }) };
  }

  /** A wrapper ends with 128 and the number of the signal that ended what it wrapped. */
  #unwrap({ code, signal }: ProcessEnd): ProcessEnd {
    if (this.#ended) return { code: 0, signal: undefined };
    const inner = this.#launch.wrapped && code !== undefined ? SIGNALS[code - SIGNAL_EXIT] : undefined;
    return inner === undefined ? { code, signal } : { code: undefined, signal: inner };
  }
}

/** A pipe that breaks with its process has nothing left to say. */
function whenClosed(pipe: Duplex): Promise<unknown> {
  pipe.on('error', () => {});
  return new Promise((resolve) => pipe.once('close', resolve));
}
