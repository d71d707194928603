import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { SigningKey } from '@aico/registry';
import { type AicoError, type BusObserved, isAicoError, type PluginChanged, type PluginInfo } from '@aico/schemas';
import { buildPackage } from '../../../author/build-package.ts';
import { DebuggerBridge } from '../../../author/debugger/debugger-bridge.ts';
import { checkTypes } from '../../../author/type-check.ts';
import { pluginLogName } from '../../../logging/logs.ts';
import type { CommandBus } from '../../bus-session.ts';
import type { CommandContext } from '../../command-context.ts';
import { errorText, paint } from '../../error-text.ts';
import { agreeToSigner, installPackage } from '../../install-package.ts';
import { followLog, lineShower } from '../../log-reader.ts';
import { agreeToPermissions } from '../../plugin-consent.ts';
import { SealedLines } from '../../sealed-lines.ts';
import { recordLine } from '../bus-text.ts';
import { problemText } from './problem-text.ts';

export interface DevLoopOptions {
  readonly context: CommandContext;
  readonly bus: CommandBus;
  readonly folder: string;
  readonly key: SigningKey;
  /** Agree to what the plugin asks for without a question. */
  readonly yes: boolean;
  /** Where a debugger is to listen; 0 takes any that is free, and none opens nothing. */
  readonly inspectPort?: number;
  /** Whether the first version that runs is to wait for a debugger, and to stop at its first line. */
  readonly stopsAtFirst?: boolean;
  /** Tell each message that the plugin receives and sends. */
  readonly trace: boolean;
}

/** Brings a plugin's code into the AICO that runs, again and again. What cannot be built leaves what runs alone. */
export class DevLoop {
  readonly #options: DevLoopOptions;
  readonly #ended = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #isQueued = false;
  #last: Uint8Array | undefined;
  /** What the folder holds, once it was built, whether it runs or not. */
  #built: Uint8Array | undefined;
  #id: string | undefined;
  #debugger: DebuggerBridge | undefined;
  /** Whether the last word was of a failure. */
  #hasFailed = false;
  /** Of the version that was built last. */
  #toldFailure: string | undefined;

  constructor(options: DevLoopOptions) {
    this.#options = options;
  }

  /** Tells from now on what happens to the plugin between two builds. */
  async open(): Promise<void> {
    const { bus, trace } = this.#options;
    await bus.subscribe('kernel.plugin.changed.v1', ({ data }) => this.#note(data));
    if (trace) await bus.subscribe('kernel.bus.observed.v1', ({ data }) => this.#trace(data));
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#debugger?.[Symbol.asyncDispose]();
  }

  /** Builds and reloads once more, after the build that runs; several wishes meanwhile are one. */
  rebuild(): Promise<void> {
    if (this.#isQueued) return this.#running;
    this.#isQueued = true;
    this.#running = this.#running.then(() => {
      this.#isQueued = false;
      return this.#rebuild();
    });
    return this.#running;
  }

  async #rebuild(): Promise<void> {
    const { context, bus, folder, key, yes, inspectPort } = this.#options;
    const startedAt = performance.now();
    try {
      this.#built = undefined;
      const built = await buildPackage(folder, key, { asWritten: inspectPort !== undefined });
      const isSame = this.#last !== undefined && Buffer.compare(this.#last, built.bytes) === 0;
      this.#built = isSame ? this.#last : built.bytes;
      if (isSame) {
        // Who took a mistake back by undoing it waits for a word as anybody does who mends it.
        const id = this.#id;
        if (this.#hasFailed && id !== undefined)
          this.#reloaded(await bus.request('kernel.plugin.get.v1', { id }), Math.round(performance.now() - startedAt));
        return;
      }
      this.#followLog(built.manifest.id);
      await agreeToSigner(context, built, [key.keyId]);
      this.#toldFailure = undefined;
      let plugin = await installPackage(bus, built);
      this.#last = built.bytes;
      if (!plugin.enabled || plugin.update !== undefined) await agreeToPermissions(context, plugin, yes);
      if (plugin.update !== undefined) {
        plugin = await bus.request('kernel.plugin.update.v1', { id: plugin.id, accept: true });
      }
      // Also ends a quarantine: the code is another now.
      if (plugin.state !== 'active') plugin = await bus.request('kernel.plugin.enable.v1', { id: plugin.id });
      this.#reloaded(plugin, Math.round(performance.now() - startedAt));
      await this.#openDebugger(plugin);
      void this.#tellTypes(built.bytes);
    } catch (error) {
      this.#failed(error);
      // A topic that there is not, for one, is refused in words that only the types explain.
      if (this.#built !== undefined) void this.#tellTypes(this.#built);
    }
  }

  /** What was built may still not fit the types of its topics: told afterwards, so that no change waits for the compiler. */
  async #tellTypes(built: Uint8Array): Promise<void> {
    const { context, folder } = this.#options;
    // Who has no compiler is told so by `validate`; here it takes nothing away.
    const problems = await checkTypes(folder).catch(() => []);
    if (problems.length === 0 || this.#built !== built || this.#ended.signal.aborted) return;
    if (context.json) this.#event('types', { errors: problems.map((each) => each.toReport()) });
    else {
      for (const each of problems) context.powers.err(problemText(each, context.powers.colors.err));
      if (this.#last === built) this.#say('It runs all the same; aico plugin validate refuses it.');
    }
  }

  /** Lines that were logged before are of another time. */
  #followLog(id: string): void {
    if (this.#id === id) return;
    this.#id = id;
    const { context, bus } = this.#options;
    const path = join(context.folders.logs, `${pluginLogName(id)}.log`);
    const from = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const show = context.json ? (line: string) => this.#event('log', { line: JSON.parse(line) }) : lineShower(context);
    const sealed = new SealedLines(
      context,
      async (texts) => (await bus.request('vault.log.open.v1', { sealed: texts })).opened,
    );
    void followLog(path, from, async (lines) => (await sealed.open(lines)).forEach(show), this.#ended.signal);
  }

  /** Once, with the first version that runs; a later one is looked into by the same way. */
  async #openDebugger({ id }: PluginInfo): Promise<void> {
    const { context, bus, folder, inspectPort: port, stopsAtFirst = false } = this.#options;
    if (port === undefined || this.#debugger !== undefined) return;
    this.#debugger = await DebuggerBridge.open({ bus, id, folder, port, stopsAtFirst });
    const { address } = this.#debugger;
    if (context.json) this.#event('debugger', { id, address: `ws://${address}`, waits: stopsAtFirst });
    else this.#say(debuggerText(id, address, { waits: stopsAtFirst, colors: context.powers.colors.out }));
  }

  #reloaded(plugin: PluginInfo, elapsedMs: number): void {
    this.#hasFailed = false;
    const { context } = this.#options;
    const { id, version, state, error, waitingFor = [] } = plugin;
    if (context.json) {
      this.#event('reloaded', { id, version, state, elapsedMs, ...(error ? { error } : {}), waitingFor });
      return;
    }
    const { colors } = context.powers;
    if (error !== undefined) context.powers.err(errorText(error, colors.err));
    else if (state === 'active')
      this.#say(`${paint('green', '✓', colors.out)} ${id} ${version} runs (${elapsedMs} ms)`);
    else this.#say(`${paint('yellow', '○', colors.out)} ${id} ${version} waits for ${waitingFor.join(', ') || state}`);
  }

  /** An author's mistakes are told, and the watch goes on; without consent there is nothing to go on with. */
  #failed(error: unknown): void {
    const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
    if (!errors.every((each): each is AicoError => isAicoError(each)) || errors.some(isFinal)) throw error;
    this.#hasFailed = true;
    const { context } = this.#options;
    if (context.json) this.#event('problems', { errors: errors.map((each) => each.toReport()) });
    else for (const each of errors) context.powers.err(problemText(each, context.powers.colors.err));
    if (!context.json && this.#last !== undefined) this.#say('The version before goes on. Save again to try again.');
  }

  #note({ id, to, error }: PluginChanged): void {
    if (id !== this.#id || error === undefined || (to !== 'crashed' && to !== 'quarantined')) return;
    // It is tried again a few times: the same failure is told once, and that it is the last.
    const isSame = to === 'crashed' && error.message === this.#toldFailure;
    this.#toldFailure = error.message;
    if (isSame) return;
    const { context } = this.#options;
    if (context.json) this.#event(to, { id, error });
    else context.powers.err(errorText(error, context.powers.colors.err));
  }

  #trace({ records }: BusObserved): void {
    const { context } = this.#options;
    for (const record of records) {
      if (record.sender !== this.#id && !record.receivers.some((each) => each === this.#id)) continue;
      if (context.json) this.#event('message', { record });
      else context.powers.out(recordLine(record, context.powers.colors.out));
    }
  }

  #event(event: string, data: object): void {
    this.#options.context.powers.out(`${JSON.stringify({ event, ...data })}\n`);
  }

  #say(text: string): void {
    this.#options.context.powers.out(`${text}\n`);
  }
}

interface DebuggerTextOptions {
  readonly waits: boolean;
  readonly colors: boolean;
}

function debuggerText(id: string, address: string, { waits, colors }: DebuggerTextOptions): string {
  return [
    `${paint('yellow', '!', colors)} A debugger can look into ${id}, and only into it, until this command ends. Keep the address to yourself:`,
    `  in Chrome   devtools://devtools/bundled/js_app.html?ws=${address}`,
    `  in VS Code  "type": "node", "request": "attach", "websocketAddress": "ws://${address}"`,
    ...(waits ? [`${id} waits for it, and stops at its first line.`] : []),
  ].join('\n');
}

function isFinal({ code }: AicoError): boolean {
  return ['AUTHOR_CONSENT_MISSING', 'AUTHOR_CONSENT_REFUSED', 'HOST_NOT_ANSWERING', 'KERNEL_CANCELLED'].includes(code);
}
