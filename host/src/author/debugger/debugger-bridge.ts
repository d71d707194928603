import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BUNDLE_FILE, ownLinesIn } from '@aico/registry/bundle';
import { isAicoError } from '@aico/schemas';
import type { CommandBus } from '../../cli/bus-session.ts';
import { isRecord } from '../../is-record.ts';
import { DevToolsEndpoint } from './devtools-endpoint.ts';
import { withSourceMap } from './script-map.ts';

/** Numbers of questions that are ours: no client uses such, and their answers go to nobody. */
const OWN_ID = 0;
/** What a client may have begun, and is undone when it goes: breakpoints, also the one that the plugin stands at. */
const UNDO = ['Debugger.disable', 'Profiler.disable', 'HeapProfiler.disable', 'Runtime.disable'];
/** How long to wait when the kernel refuses a reading, as while AICO stops. */
const AGAIN_MS = 500;
/** What a client says once it is set up. */
const GO_ON = 'Runtime.runIfWaitingForDebugger';
/** Lines among which the first that runs is looked for. */
const MOST_LINES = 1_000;

export interface DebuggerBridgeOptions {
  readonly bus: CommandBus;
  readonly id: string;
  readonly folder: string;
  readonly port: number;
  /** Whether it is to run nothing before a client is there, and then to stop at the first line of its author's. */
  readonly stopsAtFirst: boolean;
}

/** Carries the DevTools protocol between a client on this machine and a plugin's sandbox, over the bus. */
export class DebuggerBridge implements AsyncDisposable {
  readonly #options: DebuggerBridgeOptions;
  readonly #endpoint: DevToolsEndpoint;
  #incarnation: string | undefined;
  #ended = false;
  #stopsAtFirst: boolean;
  /** Breakpoints of ours, until it has stopped at one. */
  #firstStops: string[] = [];
  #reading: Promise<void> = Promise.resolve();

  private constructor(options: DebuggerBridgeOptions, endpoint: DevToolsEndpoint) {
    this.#options = options;
    this.#endpoint = endpoint;
    this.#stopsAtFirst = options.stopsAtFirst;
  }

  /** Starts the plugin anew with a debugger. @throws AicoError AUTHOR_PORT_UNUSABLE, KERNEL_DEBUGGER_REFUSED */
  static async open(options: DebuggerBridgeOptions): Promise<DebuggerBridge> {
    const { bus, id, port, stopsAtFirst: waits } = options;
    const handlers = { onMessage: (_: string): void => {}, onClientGone: (): void => {} };
    const endpoint = await DevToolsEndpoint.open({
      port,
      title: id,
      onMessage: (message) => handlers.onMessage(message),
      onClientGone: () => handlers.onClientGone(),
    });
    try {
      await bus.request('kernel.debugger.open.v1', { id, open: true, waits });
    } catch (error) {
      await endpoint[Symbol.asyncDispose]();
      throw error;
    }
    const bridge = new DebuggerBridge(options, endpoint);
    handlers.onMessage = (message) => bridge.#ask(message);
    handlers.onClientGone = () => bridge.#undo();
    bridge.#reading = bridge.#read();
    return bridge;
  }

  /** Where a debugger connects, without `ws://`. */
  get address(): string {
    return this.#endpoint.address;
  }

  /** Closes the port, and starts the plugin anew as it always runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.#endpoint[Symbol.asyncDispose]();
    const { bus, id } = this.#options;
    await bus.request('kernel.debugger.open.v1', { id, open: false }).catch(() => undefined);
    await this.#reading;
  }

  #undo(): void {
    for (const method of this.#ended ? [] : UNDO) void this.#send(JSON.stringify({ id: OWN_ID, method }));
  }

  /** A client's question; one that cannot be put is answered here. */
  #ask(message: string): void {
    const question = parse(message);
    if (question === undefined) return;
    const put = async (): Promise<void> => {
      if (question['method'] === GO_ON) await this.#stopAtFirst();
      await this.#send(JSON.stringify(question));
    };
    put().catch((error: unknown) => {
      const problem = isAicoError(error) ? error.message : 'The debugger is gone.';
      this.#endpoint.send(JSON.stringify({ id: question['id'], error: { code: -32_000, message: problem } }));
    });
  }

  /**
   * Which line runs first only the run shows: functions come before what calls them. So it is to stop at any. Only of the
   * first start: whoever saved newer code wants to see it run.
   */
  async #stopAtFirst(): Promise<void> {
    if (!this.#stopsAtFirst) return;
    this.#stopsAtFirst = false;
    const { id, folder } = this.#options;
    const url = `aico:/${id}/${BUNDLE_FILE}`;
    const places = ownLinesIn(await readFile(join(folder, `${BUNDLE_FILE}.map`), 'utf8'), MOST_LINES);
    await this.#askOwn('Debugger.enable');
    for (const { line: lineNumber, column: columnNumber } of places)
      await this.#askOwn('Debugger.setBreakpointByUrl', { url, lineNumber, columnNumber });
  }

  /** It has stopped, and goes on as if there had been nothing to stop at. */
  async #forgetFirst(message: string): Promise<void> {
    if (message.startsWith(`{"id":${OWN_ID},`)) {
      const { result } = JSON.parse(message) as { result?: { breakpointId?: string } };
      if (result?.breakpointId !== undefined) this.#firstStops.push(result.breakpointId);
    } else if (message.startsWith('{"method":"Debugger.paused"')) {
      for (const breakpointId of this.#firstStops.splice(0))
        await this.#askOwn('Debugger.removeBreakpoint', { breakpointId });
    }
  }

  #askOwn(method: string, params: object = {}): Promise<void> {
    return this.#send(JSON.stringify({ id: OWN_ID, method, params }));
  }

  async #send(message: string): Promise<void> {
    const { bus, id } = this.#options;
    await bus.request('kernel.debugger.send.v1', { id, message });
  }

  async #read(): Promise<void> {
    const { bus, id } = this.#options;
    while (!this.#ended) {
      try {
        const { incarnation, messages, lost } = await bus.request('kernel.debugger.read.v1', { id });
        const isAnother = incarnation !== this.#incarnation;
        if (isAnother && this.#incarnation !== undefined) this.#endpoint.dismiss('the plugin started anew');
        this.#incarnation = incarnation;
        if (lost === true) this.#endpoint.dismiss('messages were lost');
        for (const message of messages) {
          await this.#forgetFirst(message);
          await this.#tell(message);
        }
      } catch {
        await delay(AGAIN_MS);
      }
    }
  }

  async #tell(message: string): Promise<void> {
    if (!this.#endpoint.hasClient || message.startsWith(`{"id":${OWN_ID},`)) return;
    const { id, folder } = this.#options;
    this.#endpoint.send(await withSourceMap(message, id, folder));
  }
}

/** A question of the protocol, or none: what is no JSON object with a number and a method is not passed on. */
function parse(message: string): Record<string, unknown> | undefined {
  try {
    const question: unknown = JSON.parse(message);
    const isQuestion =
      isRecord(question) && Number.isSafeInteger(question['id']) && typeof question['method'] === 'string';
    return isQuestion ? question : undefined;
  } catch {
    return undefined;
  }
}
