import {
  AicoError,
  type Grant,
  type HandedOver,
  isAicoError,
  type LifecycleMessage,
  type Manifest,
  type PluginMetric,
  type Quota,
  type Resumed,
} from '@aico/schemas';
import type { Broker } from '../bus/broker.ts';
import type { Attachment } from '../bus/peer-options.ts';
import type { Clock } from '../contracts/clock.ts';
import type {
  LogLine,
  OverLimit,
  PluginRunner,
  RunDebugger,
  RunExit,
  RunningPlugin,
  RunPressure,
} from '../contracts/plugin-runner.ts';
import type { VerifiedPackage } from '../contracts/plugin-source.ts';
import { AskedWord } from './asked-word.ts';
import { toldFailure } from './told-failure.ts';
import { ToldMetrics } from './told-metrics.ts';

const PING_EVERY_MS = 5_000;
/** Turns that may pass without a ping while a plugin sends and gets nothing: each wakes a process that sleeps. */
const QUIET_TURNS = 5;
/** Pings that may go unanswered before the plugin counts as hung. */
const MISSED_PINGS = 3;
const TERM_GRACE_MS = 1_000;
/** One that its author looks into may stand still, also before it is ready. */
const INSPECTED_START_MS = 24 * 3_600_000;
/** As much as a hand-over may tell: it is kept in memory for as long as the plugin sleeps. */
const MOST_STATE_CHARACTERS = 4 * 1024 * 1024;

/** What a plugin told before it fell asleep. */
export interface ToldAsleep extends Resumed {
  readonly wakeAfterMs?: number;
}

export interface IncarnationOptions {
  readonly broker: Broker;
  readonly runner: PluginRunner;
  readonly clock: Clock;
  readonly package: VerifiedPackage;
  readonly name: string;
  readonly inspected?: boolean;
  readonly waits?: boolean;
  readonly grants: readonly Grant[];
  readonly quota: Required<Quota>;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly onLog: (line: LogLine) => void;
  readonly onPressure: (pressure: RunPressure) => void;
  readonly onDebugger?: (opened: RunDebugger) => void;
}

/** One life of one plugin: from its process to its last word. */
export class Incarnation {
  readonly running: RunningPlugin;
  readonly attachment: Attachment;
  /** Resolves when the process is gone, with why. */
  readonly ended: Promise<AicoError>;
  readonly #options: IncarnationOptions;
  readonly #loaded = Promise.withResolvers<void>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #handedOver = new AskedWord<HandedOver | undefined>();
  readonly #asleep = new AskedWord<ToldAsleep>();
  /** Its process goes, and what it registered stays. */
  #sleeps = false;
  #quota: Required<Quota>;
  #grants: readonly Grant[];
  #cause: AicoError | undefined;
  readonly #metrics: ToldMetrics;
  #stopPing = (): void => {};
  #missed = 0;
  #stopping: Promise<void> | undefined;

  /** As it is stamped on what this life sends. */
  get name(): string {
    return this.#options.name;
  }

  private constructor(options: IncarnationOptions, running: RunningPlugin, standby: boolean) {
    this.#options = options;
    this.#quota = options.quota;
    this.#grants = options.grants;
    this.#metrics = new ToldMetrics(options.clock, (message) => options.onLog({ level: 'warn', message }));
    this.running = running;
    for (const { promise } of [this.#loaded, this.#ready]) promise.catch(() => {});
    running.onLog(options.onLog);
    running.onPressure?.(options.onPressure);
    if (running.debugger !== undefined) options.onDebugger?.(running.debugger);
    this.attachment = options.broker.attach({
      id: options.package.manifest.id,
      incarnation: options.name,
      grants: options.grants,
      quota: options.quota,
      link: running.link,
      standby,
      onLifecycle: (message) => this.#hear(message),
      onLinkFailure: (error) => {
        if (isAicoError(error)) this.#cause ??= error;
        running.kill('SIGKILL');
      },
    });
    this.ended = running.exited.then((exit) => this.#end(exit));
  }

  get id(): string {
    return this.#options.package.manifest.id;
  }

  /** Whether its process goes, or went, because it sleeps. */
  get sleeps(): boolean {
    return this.#sleeps;
  }

  /** Starts a process and waits until the plugin is active. @throws AicoError, with the process gone */
  static start(options: IncarnationOptions, signal: AbortSignal): Promise<Incarnation> {
    return Incarnation.#begin(options, false, async (incarnation) => {
      await incarnation.#inTime(incarnation.#ready.promise, signal);
      incarnation.#ping(0);
    });
  }

  /** Starts a process that has its code and waits to be activated. @throws AicoError, with the process gone */
  static load(options: IncarnationOptions, signal: AbortSignal): Promise<Incarnation> {
    return Incarnation.#begin(options, true, (incarnation) => incarnation.#inTime(incarnation.#loaded.promise, signal));
  }

  static async #begin(
    options: IncarnationOptions,
    standby: boolean,
    until: (incarnation: Incarnation) => Promise<void>,
  ): Promise<Incarnation> {
    const { package: verified, name: incarnation, grants, quota, configuration, inspected, waits } = options;
    const request = { package: verified, incarnation, grants, quota, configuration };
    const running = await options.runner.start({
      ...request,
      ...(standby ? { standby } : {}),
      ...(inspected === true ? { inspected } : {}),
      ...(waits === true ? { waits } : {}),
    });
    const begun = new Incarnation(options, running, standby);
    try {
      await until(begun);
      return begun;
    } catch (error) {
      await begun.stop('start failed', 0);
      throw error;
    }
  }

  /** Activates what was loaded, with what it goes on with. @throws AicoError */
  async activate(
    from: { readonly handedOver?: HandedOver; readonly resumed?: Resumed },
    signal: AbortSignal,
  ): Promise<void> {
    this.attachment.tell({ type: 'activate', ...from });
    await this.#inTime(this.#ready.promise, signal);
    this.#ping(0);
  }

  /** Asks for what a successor goes on with; the plugin has then finished what it was given. @throws AicoError */
  async handOver(signal: AbortSignal): Promise<HandedOver | undefined> {
    const { nonce, word } = this.#handedOver.ask();
    this.attachment.tell({ type: 'handOver', nonce });
    return this.#inTime(word, signal);
  }

  /** Asks for what it goes on with when it wakes; its new work is to be held back before. @throws AicoError */
  async suspend(signal: AbortSignal): Promise<ToldAsleep> {
    const { nonce, word } = this.#asleep.ask();
    this.attachment.tell({ type: 'suspend', nonce });
    return this.#inTime(word, signal);
  }

  /** Takes up its work again, when nobody took its place. */
  goOn(): void {
    this.attachment.tell({ type: 'goOn' });
    this.attachment.release();
  }

  /** Ends the process of one that told all; what it registered stays until it is detached. */
  async sleep(): Promise<void> {
    this.#sleeps = true;
    this.attachment.sleep();
    await this.stop('it sleeps', 0);
  }

  /** Asks, waits, terminates, waits, kills. Everyone who calls it shares one promise. */
  stop(reason: string, graceMs: number = this.#quota.stopMs): Promise<void> {
    this.#stopping ??= this.#stop(reason, graceMs);
    return this.#stopping;
  }

  /** What it last told of itself. */
  get metrics(): readonly PluginMetric[] {
    return this.#metrics.latest;
  }

  /** Limits that hold for it now. */
  get quota(): Required<Quota> {
    return this.#quota;
  }

  /** What it was started with. */
  get begunWith(): { readonly manifest: Manifest; readonly grants: readonly Grant[] } {
    const { package: verified, grants } = this.#options;
    return { manifest: verified.manifest, grants };
  }

  /** Puts limits in force; how much memory a process gets is decided when it starts. */
  setQuota(quota: Required<Quota>): void {
    this.#quota = { ...quota, memoryMb: this.#quota.memoryMb };
    this.attachment.setQuota(this.#quota);
    this.running.limit?.(this.#quota);
  }

  /** What it may do now. */
  get grants(): readonly Grant[] {
    return this.#grants;
  }

  setGrants(grants: readonly Grant[]): void {
    this.#grants = grants;
    this.attachment.setGrants(grants);
    this.attachment.tell({ type: 'grants', grants });
  }

  /** Waits for a word of the plugin as long as a start may take. */
  async #inTime<Word>(word: Promise<Word>, signal: AbortSignal): Promise<Word> {
    const { clock, package: verified } = this.#options;
    const limit = this.running.debugger === undefined ? this.#quota.startMs : INSPECTED_START_MS;
    const subject = verified.manifest.id;
    const late = Promise.withResolvers<never>();
    const undo = clock.after(limit, () =>
      late.reject(new AicoError('KERNEL_PLUGIN_START_TIMEOUT', { subject, details: { limit } })),
    );
    const abort = (): void => late.reject(new AicoError('KERNEL_CANCELLED', { subject }));
    signal.addEventListener('abort', abort, { once: true });
    try {
      const died = this.ended.then((error) => Promise.reject(error));
      return await Promise.race([word, late.promise, died]);
    } finally {
      undo();
      signal.removeEventListener('abort', abort);
    }
  }

  #hear(message: LifecycleMessage): void {
    const subject = this.#options.package.manifest.id;
    if (message.type === 'active') this.#ready.resolve();
    else if (message.type === 'loaded') this.#loaded.resolve();
    else if (message.type === 'pong') this.#missed = 0;
    else if (message.type === 'metrics') this.#metrics.take(message.metrics);
    else if (message.type === 'failed') {
      const failure = toldFailure(subject, message, (stack) => this.running.placeOf?.(stack));
      this.#loaded.reject(failure);
      this.#ready.reject(failure);
    } else if (message.type === 'handedOver') {
      const { handedOver, problem } = message;
      this.#handedOver.hear(message.nonce, handedOver, stateFailure('KERNEL_HAND_OVER_FAILED', subject, problem));
    } else if (message.type === 'suspended') {
      const { nonce, type, problem, ...told } = message;
      this.#asleep.hear(nonce, told, stateFailure('KERNEL_SUSPEND_FAILED', subject, problem ?? tooLarge(told.state)));
    }
  }

  #ping(nonce: number, quietTurns: number = QUIET_TURNS, before = 0): void {
    // Who stands at a breakpoint answers nothing, and is not hung.
    if (this.running.debugger !== undefined) return;
    this.#stopPing = this.#options.clock.after(PING_EVERY_MS, () => {
      const { sent, received } = this.attachment.traffic;
      const messages = sent + received;
      if (this.#missed === 0 && messages === before && quietTurns < QUIET_TURNS) {
        this.#ping(nonce, quietTurns + 1, before);
        return;
      }
      this.#missed += 1;
      if (this.#missed > MISSED_PINGS) {
        this.#cause = new AicoError('KERNEL_PLUGIN_UNRESPONSIVE', { subject: this.#options.package.manifest.id });
        this.running.kill('SIGKILL');
        return;
      }
      this.attachment.tell({ type: 'ping', nonce });
      this.#ping(nonce + 1, 0, messages);
    });
  }

  async #stop(reason: string, graceMs: number): Promise<void> {
    this.#stopPing();
    const { clock } = this.#options;
    if (graceMs > 0) {
      this.attachment.tell({ type: 'deactivate', reason });
      if (await this.#endsWithin(clock, graceMs)) return;
    }
    this.running.kill('SIGTERM');
    if (await this.#endsWithin(clock, TERM_GRACE_MS)) return;
    this.running.kill('SIGKILL');
    await this.ended;
  }

  async #endsWithin(clock: Clock, milliseconds: number): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const undo = clock.after(milliseconds, () => late.resolve(false));
    const inTime = await Promise.race([this.ended.then(() => true), late.promise]);
    undo();
    return inTime;
  }

  async #end(exit: RunExit): Promise<AicoError> {
    this.#stopPing();
    if (!this.#sleeps) this.attachment.detach();
    await this.running.link.close();
    return this.#cause ?? this.#explain(exit);
  }

  #explain(exit: RunExit): AicoError {
    const subject = this.#options.package.manifest.id;
    if (exit.cause?.kind === 'memory') {
      const { used, limit } = exit.cause;
      return new AicoError('KERNEL_PLUGIN_MEMORY', { subject, details: { used: Math.round(used), limit } });
    }
    if (exit.cause?.kind === 'cpu')
      return new AicoError('KERNEL_PLUGIN_CPU', { subject, details: inPercent(exit.cause) });
    if (exit.cause?.kind === 'entry')
      return new AicoError('KERNEL_PLUGIN_UNYIELDING', { subject, details: { seconds: inSeconds(exit.cause) } });
    const how = exit.signal === undefined ? `exit code ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`;
    const problem = exit.place === undefined ? how : `${how}, at ${exit.place}`;
    return new AicoError('KERNEL_PLUGIN_EXITED', { subject, details: { problem } });
  }
}

/** Processor time as people read it. Rounded so that what was used is never told as what was allowed. */
function inPercent({ used, limit, overMs }: OverLimit & { kind: 'cpu' }): Record<string, number> {
  const allowed = Math.max(1, Math.round(limit / 10));
  return { used: Math.max(allowed + 1, Math.round(used / 10)), limit: allowed, seconds: inSeconds({ overMs }) };
}

function inSeconds({ overMs }: { readonly overMs: number }): number {
  return Math.max(1, Math.round(overMs / 1000));
}

function stateFailure(
  code: 'KERNEL_HAND_OVER_FAILED' | 'KERNEL_SUSPEND_FAILED',
  subject: string,
  problem: unknown,
): AicoError | undefined {
  if (problem === undefined) return undefined;
  return new AicoError(code, { subject, details: { problem: String(problem).slice(0, 1_000) } });
}

/** What a plugin's own side promises is checked here: strangers write to the socket as they like. */
function tooLarge(state: unknown): string | undefined {
  const length = state === undefined ? 0 : JSON.stringify(state).length;
  return length > MOST_STATE_CHARACTERS ? `a state of ${length} characters is too large` : undefined;
}
