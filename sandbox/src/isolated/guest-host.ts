import { posix } from 'node:path';
import type { LogLine, RunDebugger } from '@aico/kernel/contracts';
import { AicoError, type Manifest } from '@aico/schemas';
import { failureFields, type InRecord } from '@aico/sdk/internal';
import type { OpenPort } from '@aico/sdk/sealing';
import type ivm from 'isolated-vm';
import type { BusPort } from '../child/bus-port.ts';
import type { GuestOver } from '../child-report.ts';
import { type InTuple, toInTuple } from '../guest/record-form.ts';
import type { HandOver, IsolateLimits } from '../hand-over.ts';
import { isolatedAddress } from '../plugin-address.ts';
import { acceptLog, acceptRecords } from './accept.ts';
import { openDebuggerSession } from './debugger-session.ts';
import { EntryClock, type EntryTime } from './entry-clock.ts';

/** Bytes that may wait for the socket before the guest is asked to wait. */
const SOFT_QUEUE_BYTES = 4 * 1024 * 1024;
/** Beyond this a guest that does not wait is refused. */
const HARD_QUEUE_BYTES = 16 * 1024 * 1024;
/** Records that may wait for the guest before the socket is no longer read. */
const INCOMING_RECORDS = 4_096;
const MAX_RANDOM_BYTES = 65_536;
const GUEST_START_MS = 5_000;
/** What the guest's half offers to be called. */
const ENTRIES = ['start', 'receive', 'wake', 'drained'] as const;
type Entry = (typeof ENTRIES)[number];

export interface GuestHostOptions {
  readonly vm: typeof ivm;
  readonly guestCode: string;
  /** The socket; how much waits for it says when the guest must wait. */
  readonly port: Pick<BusPort, 'queuedBytes' | 'onDrained'>;
  /** What goes over it, sealed and opened. */
  readonly records: OpenPort;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly limits: IsolateLimits;
  /** Where a debugger speaks with the guest, when its author looks into it. */
  readonly debugger?: RunDebugger | undefined;
  readonly onLog: (line: LogLine) => void;
  /** The guest broke a limit; the process must end. */
  readonly onLimit: (cause: GuestOver) => void;
  /** The plugin has deactivated. */
  readonly onEnd: () => void;
}

/**
 * The host's half of the bridge: one isolate, one context, one plugin. Only texts, numbers and booleans cross. The guest
 * runs in a thread of its own, so this thread can always notice that the parent died.
 */
export class GuestHost {
  readonly #options: GuestHostOptions;
  readonly #isolate: ivm.Isolate;
  readonly #context: ivm.Context;
  readonly #entries: Readonly<Record<Entry, ivm.Reference>>;
  readonly #clock: EntryClock;
  #isOver = false;
  #incoming: InTuple[] = [];
  #delivering: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waiting = false;
  #told: Promise<void> | undefined;

  constructor(options: GuestHostOptions) {
    this.#options = options;
    const { vm, limits } = options;
    this.#clock = new EntryClock(limits.entryMs, (took) => this.#endForTime(took));
    const inspector = options.debugger !== undefined;
    this.#isolate = new vm.Isolate({
      inspector,
      memoryLimit: limits.memoryMb,
      onCatastrophicError: () => this.#endForMemory(),
    });
    this.#context = this.#isolate.createContextSync({ inspector });
    if (options.debugger !== undefined)
      this.#told = openDebuggerSession({ vm, isolate: this.#isolate, context: this.#context }, options.debugger);
    const guest = this.#context.evalClosureSync(`${options.guestCode}\nreturn guest;`, this.#powers(), {
      filename: 'aico:guest.js',
      result: { reference: true },
      timeout: GUEST_START_MS,
    }) as ivm.Reference<Record<string, unknown>>;
    // Looked up while nothing of the plugin runs: later a look would wait for a guest that never yields.
    const entries = ENTRIES.map((name) => [name, guest.getSync(name, { reference: true })] as const);
    this.#entries = Object.fromEntries(entries) as Record<Entry, ivm.Reference>;
    options.port.onDrained(() => {
      if (!this.#waiting) return;
      this.#waiting = false;
      void this.#enter('drained');
    });
  }

  /** Loads the plugin's module and starts it. @throws AicoError SANDBOX_CODE_INVALID, SANDBOX_IMPORT_DENIED */
  async start(handOver: HandOver): Promise<void> {
    const { manifest, grants, configuration, standby, waits } = handOver;
    if (waits === true) await this.#told;
    const definition = await this.#load(manifest);
    const assetPaths = [...this.#options.files.keys()];
    const text = JSON.stringify({ manifest, grants, configuration, standby, assetPaths });
    await this.#enter('start', definition.derefInto({ release: true }), text);
    this.#options.records.receive((record) => this.#deliver(record));
  }

  /** Ends the isolate. */
  close(): void {
    clearTimeout(this.#timer);
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }

  async #load({ id, main }: Pick<Manifest, 'id' | 'main'>): Promise<ivm.Reference> {
    const invalid = (problem: string): AicoError =>
      new AicoError('SANDBOX_CODE_INVALID', { subject: id, details: { problem } });
    const bytes = this.#options.files.get(posix.normalize(main));
    if (bytes === undefined) throw invalid(`${main} is missing`);
    const code = new TextDecoder().decode(bytes);
    const module = await this.#isolate.compileModule(code, { filename: isolatedAddress({ id, main }) });
    const [specifier] = module.dependencySpecifiers;
    if (specifier !== undefined) throw new AicoError('SANDBOX_IMPORT_DENIED', { subject: id, details: { specifier } });
    await module.instantiate(this.#context, () => {
      throw invalid('it has imports');
    });
    await this.#guarded(() => module.evaluate(this.#longest()));
    try {
      return await module.namespace.get('default', { reference: true });
    } catch (error) {
      throw invalid(`its default export is not there when it has loaded (${String(error)})`);
    }
  }

  /** What the guest may call, in the order of its bridge. Each answers at once; none grows without bound. */
  #powers(): ivm.Callback[] {
    const { vm, port, records: bus, files, onLog, onEnd } = this.#options;
    const powers: ((...values: never[]) => unknown)[] = [
      (records: unknown) => {
        if (port.queuedBytes > HARD_QUEUE_BYTES) throw new RangeError('The outgoing queue is full.');
        for (const record of acceptRecords(records)) bus.send(record);
        this.#waiting = port.queuedBytes > SOFT_QUEUE_BYTES;
        return !this.#waiting;
      },
      (level: unknown, message: unknown, fields: unknown) => onLog(acceptLog(level, message, fields)),
      (milliseconds: unknown) => this.#wakeAfter(Number(milliseconds)),
      (path: unknown) => {
        const bytes = files.get(String(path));
        return bytes === undefined ? undefined : Buffer.from(bytes).toString('base64');
      },
      (count: unknown) => randomBytes(Math.min(Math.max(Number(count) | 0, 0), MAX_RANDOM_BYTES)).toString('base64'),
      () => onEnd(),
    ];
    return powers.map((power) => new vm.Callback(withoutTraces(power), { sync: true }));
  }

  #wakeAfter(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#enter('wake'), milliseconds);
  }

  #deliver(record: InRecord): Promise<void> | undefined {
    this.#incoming.push(toInTuple(record));
    this.#delivering ??= this.#deliverAll();
    return this.#incoming.length > INCOMING_RECORDS ? this.#delivering : undefined;
  }

  async #deliverAll(): Promise<void> {
    // A frame's records are delivered together.
    await Promise.resolve();
    while (this.#incoming.length > 0) {
      const batch = this.#incoming;
      this.#incoming = [];
      await this.#enter('receive', JSON.stringify(batch));
    }
    this.#delivering = undefined;
  }

  /** Calls into the guest. What a handler throws is the SDK's business; what arrives here is ours. */
  async #enter(name: Entry, ...values: unknown[]): Promise<void> {
    try {
      await this.#guarded(() => this.#entries[name].apply(undefined, values, this.#longest()));
    } catch (error) {
      const { problem, ...fields } = failureFields(error);
      this.#options.onLog({ level: 'error', message: `the plugin failed: ${problem}`, fields });
    }
  }

  /** How long the guest may run without yielding: at a breakpoint it stands for as long as its author likes. */
  #longest(): { readonly timeout?: number } {
    return this.#options.debugger === undefined ? { timeout: this.#options.limits.entryTimeoutMs } : {};
  }

  /** Runs guest code and ends the process when it broke a limit. */
  async #guarded<Result>(run: () => Promise<Result>): Promise<Result> {
    const isTimed = this.#options.debugger === undefined;
    if (isTimed) this.#clock.enter();
    try {
      return await run();
    } catch (error) {
      if (error instanceof Error && error.message === 'Script execution timed out.')
        this.#endForTime(this.#clock.took());
      else if (this.#isolate.isDisposed) this.#endForMemory();
      throw error;
    } finally {
      if (isTimed) this.#clock.leave();
    }
  }

  /** It did not yield all the time, yet had the processor only as far as it was let. */
  #endForTime({ cpuMs, wallMs, held }: EntryTime): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const used = Math.min(1_000, Math.round((cpuMs * 1_000) / wallMs));
    this.#options.onLimit({ kind: 'entry', used, overMs: Math.round(wallMs), held });
    this.close();
  }

  #endForMemory(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onLimit({ kind: 'memory' });
  }
}

/** Node's crypto is loaded when first used: few plugins need it, and loading takes some 15 ms. */
function randomBytes(count: number): Buffer {
  return process.getBuiltinModule('node:crypto').randomBytes(count);
}

/** An error that crosses into the guest says what is wrong, and nothing of the files and folders of this machine. */
function withoutTraces(power: (...values: never[]) => unknown): (...values: never[]) => unknown {
  return (...values) => {
    try {
      return power(...values);
    } catch (error) {
      const plain = new TypeError(error instanceof Error ? error.message : 'The call failed.');
      plain.stack = `${plain.name}: ${plain.message}`;
      throw plain;
    }
  };
}
