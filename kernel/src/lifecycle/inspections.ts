import { AicoError, type DebuggerRead } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';
import type { RunDebugger } from '../contracts/plugin-runner.ts';
import type { ManagedPlugin } from './managed-plugin.ts';
import type { Supervisor } from './supervisor.ts';

/** Who does not read for so long has gone, and what it had opened is closed. */
const LEASE_MS = 15_000;
/** How long a reading waits for something to read. */
const WAIT_MS = 4_000;
const MOST_MESSAGES = 1_000;
/** Characters that may wait to be read. */
const MOST_WAITING = 16 * 1024 * 1024;
/** Ends what a debugger does, and lets a plugin go on that stands at a breakpoint. Its answer is nobody's. */
const LET_GO = JSON.stringify({ id: 0, method: 'Debugger.disable' });
/** Lets one go on that waits for a debugger before any of its code runs. */
const GO_ON = JSON.stringify({ id: 0, method: 'Runtime.runIfWaitingForDebugger' });

/** A plugin that its author looks into. */
interface Inspection {
  incarnation: string | undefined;
  opened: RunDebugger | undefined;
  messages: string[];
  waiting: number;
  lost: boolean;
  onBegun: () => void;
  onSomething: () => void;
  endLease: () => void;
}

export interface InspectionsOptions {
  readonly clock: Clock;
  readonly supervisor: () => Supervisor;
  /** It was opened, or closed: for the record. */
  readonly onChange: (plugin: ManagedPlugin, by: string) => void;
  readonly onFailure: (subject: string, error: unknown) => void;
}

/**
 * Debuggers of isolated plugins, for the command line alone: nothing of it is kept, no plugin may ask for it, and it ends
 * with whoever asked.
 */
export class Inspections {
  readonly #options: InspectionsOptions;
  readonly #inspections = new Map<string, Inspection>();

  constructor(options: InspectionsOptions) {
    this.#options = options;
  }

  /**
   * Starts a plugin anew with a debugger. One that waits for it is not up when this resolves: it has its debugger, and
   * none of its code has run. @throws AicoError KERNEL_DEBUGGER_REFUSED
   */
  async open(id: string, by: string, waits: boolean): Promise<void> {
    const plugin = this.#plugin(id, by);
    const name = plugin.manifest?.name ?? id;
    if (plugin.trust.tier !== 'isolated')
      throw refused(name, 'it is a trusted plugin, which has no sandbox to look into');
    if (this.#inspections.has(id)) throw refused(name, 'somebody does so already');
    const begun = Promise.withResolvers<void>();
    this.#inspections.set(id, {
      incarnation: undefined,
      opened: undefined,
      messages: [],
      waiting: 0,
      lost: false,
      onBegun: begun.resolve,
      onSomething: () => {},
      endLease: () => {},
    });
    this.#lease(id, by);
    plugin.inspected = true;
    plugin.waitsForDebugger = waits;
    this.#options.onChange(plugin, by);
    const restarted = this.#options.supervisor().restart(id);
    if (waits) restarted.catch((error: unknown) => this.#options.onFailure(id, error));
    await (waits ? Promise.race([begun.promise, restarted]) : restarted);
  }

  /** Starts it anew as it always runs. */
  async close(id: string, by: string): Promise<void> {
    const plugin = this.#plugin(id, by);
    const inspection = this.#inspections.get(id);
    if (inspection === undefined) return;
    inspection.endLease();
    inspection.onSomething();
    this.#inspections.delete(id);
    plugin.inspected = false;
    plugin.waitsForDebugger = false;
    letGo(inspection.opened);
    this.#options.onChange(plugin, by);
    await this.#options.supervisor().restart(id);
  }

  /** A process of an inspected plugin is there; the one before it, at a breakpoint perhaps, is to finish. */
  began(id: string, incarnation: string, opened: RunDebugger): void {
    const inspection = this.#inspections.get(id);
    if (inspection === undefined) return;
    letGo(inspection.opened);
    // Once is enough: what starts after it, such as newer code, does not wait.
    this.#options.supervisor().get(id).waitsForDebugger = false;
    inspection.onBegun();
    Object.assign(inspection, { incarnation, opened, messages: [], waiting: 0, lost: false });
    opened.onMessage((message) => {
      if (inspection.opened === opened) keep(inspection, message);
    });
    inspection.onSomething();
  }

  send(id: string, message: string, by: string): void {
    const { opened } = this.#of(id, by);
    if (opened === undefined) throw refused(id, 'it does not run now');
    opened.send(message);
  }

  /** What was said since the last reading, as soon as there is something, or nothing after a while. */
  async read(id: string, by: string): Promise<DebuggerRead> {
    const inspection = this.#of(id, by);
    this.#lease(id, by);
    const { incarnation } = inspection;
    if (inspection.messages.length === 0) await this.#something(inspection);
    const messages = inspection.messages.splice(0, MOST_MESSAGES);
    inspection.waiting -= messages.reduce((sum, { length }) => sum + length, 0);
    const { lost } = inspection;
    inspection.lost = false;
    return {
      messages,
      ...(inspection.incarnation === undefined ? {} : { incarnation: inspection.incarnation }),
      ...(lost && incarnation === inspection.incarnation ? { lost } : {}),
    };
  }

  #something(inspection: Inspection): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const undo = this.#options.clock.after(WAIT_MS, resolve);
    inspection.onSomething = resolve;
    return promise.then(undo);
  }

  #lease(id: string, by: string): void {
    const inspection = this.#inspections.get(id);
    if (inspection === undefined) return;
    inspection.endLease();
    inspection.endLease = this.#options.clock.after(LEASE_MS, () => {
      this.close(id, by).catch((error: unknown) => this.#options.onFailure(id, error));
    });
  }

  #of(id: string, by: string): Inspection {
    this.#plugin(id, by);
    const inspection = this.#inspections.get(id);
    if (inspection === undefined) throw refused(id, 'nobody asked for it');
    return inspection;
  }

  /** @throws AicoError KERNEL_PLUGIN_UNKNOWN, KERNEL_DEBUGGER_REFUSED: whatever its grants say, no plugin looks into another */
  #plugin(id: string, by: string): ManagedPlugin {
    const supervisor = this.#options.supervisor();
    if (supervisor.plugins.has(by)) throw refused(id, 'a plugin asks for it');
    return supervisor.get(id);
  }
}

function letGo(opened: RunDebugger | undefined): void {
  opened?.send(LET_GO);
  opened?.send(GO_ON);
}

function keep(inspection: Inspection, message: string): void {
  if (inspection.waiting + message.length > MOST_WAITING) {
    inspection.lost = true;
    return;
  }
  inspection.messages.push(message);
  inspection.waiting += message.length;
  inspection.onSomething();
}

function refused(subject: string, problem: string): AicoError {
  return new AicoError('KERNEL_DEBUGGER_REFUSED', { subject, details: { problem } });
}
