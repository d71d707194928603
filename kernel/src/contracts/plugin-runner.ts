import type { ConfinementLayer, Grant, Pressure, Quota } from '@aico/schemas';
import type { Link } from './link.ts';
import type { VerifiedPackage } from './plugin-source.ts';

/** Everything a runner needs to start one incarnation of a plugin. */
export interface RunRequest {
  readonly package: VerifiedPackage;
  /** Unique per start, e.g. `dice-3f9a…`; names the socket and stamps messages. */
  readonly incarnation: string;
  readonly grants: readonly Grant[];
  readonly quota: Required<Quota>;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** It is to wait, once it has its code, until it is told to activate. */
  readonly standby?: boolean;
  /** Its author looks into it: it gets a debugger, and may stand still for as long as that takes. */
  readonly inspected?: boolean;
  /** It is to run nothing of its code before its debugger tells it to. */
  readonly waits?: boolean;
}

/** The debugger of one process: messages of the Chrome DevTools protocol, JSON on one line each. */
export interface RunDebugger {
  send(message: string): void;
  onMessage(handler: (message: string) => void): void;
}

/**
 * Memory in MiB, or processor time in ms a second, over so many ms. An entry is a stretch of code that did not yield for longer than any may,
 * though it used no more than its plugin may.
 */
export type OverLimit =
  | { readonly kind: 'memory'; readonly used: number; readonly limit: number }
  | { readonly kind: 'cpu'; readonly used: number; readonly limit: number; readonly overMs: number }
  | { readonly kind: 'entry'; readonly overMs: number };

/** How a process ended. `cause` is set when the runner's own watchdog ended it. */
export interface RunExit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly cause?: OverLimit;
  /** Where in its author's files the error was thrown that ended it, as far as it is known. */
  readonly place?: string;
}

/** One line that the plugin logged. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** It is near a limit that is measured from outside, or held at it. */
export type RunPressure = Omit<Pressure, 'id' | 'name'>;

/** One running incarnation. */
export interface RunningPlugin {
  /** The plugin's end of the bus, as the kernel sees it. */
  readonly link: Link;
  readonly confinement: readonly ConfinementLayer[];
  readonly processId: number | undefined;
  /** There when it was asked for and its tier has one. */
  readonly debugger?: RunDebugger;
  /** Resolves once, when the process is gone; never rejects. */
  readonly exited: Promise<RunExit>;
  /** Memory in MiB and CPU in percent of one core, measured from outside. */
  usage(): { readonly memoryMb: number; readonly cpuPercent: number } | undefined;
  onLog(handler: (line: LogLine) => void): void;
  /** Where in its author's files a stack of the plugin begins, such as `src/index.ts:7:3`. */
  placeOf?(stack: string): string | undefined;
  /** Told before a process is ended for what it uses; nothing where nothing is measured. */
  onPressure?(handler: (pressure: RunPressure) => void): void;
  /** Puts other limits in force on the process, as far as they are not of its start. */
  limit?(quota: Required<Quota>): void;
  /** SIGTERM, or SIGKILL to the whole tree. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts plugins in processes. One implementation for real (sandbox), one in memory (sdk/testing). */
export interface PluginRunner {
  /** Resolves when the process runs and its link is up; becoming active is told over the link. */
  start(request: RunRequest): Promise<RunningPlugin>;
  /** Ends what all plugins share, e.g. the transport. */
  close(): Promise<void>;
}
