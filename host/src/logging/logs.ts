import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { LogLine } from '@aico/kernel/contracts';
import { type Level, type Logger, multistream, pino, type StreamEntry, stdTimeFunctions } from 'pino';
import type { PrettyOptions } from 'pino-pretty';
import type { LogLevel } from '../configuration/host-settings.ts';
import { removeOldLogs } from './log-age.ts';
import { redactFields, redactText } from './redact.ts';
import { RotatingFile } from './rotating-file.ts';

type PinoPretty = typeof import('pino-pretty');

/** Name of the host's own log. */
export const HOST_LOG = 'host';

const DAY_MS = 86_400_000;
const EXPIRE_EVERY_MS = 3_600_000;

/** Where lines for people go. */
export interface LogTerminal {
  readonly colors: boolean;
  write(text: string): void;
}

export interface LogsOptions {
  readonly folder: string;
  readonly level: LogLevel;
  readonly terminalLevel: LogLevel;
  readonly maxMb: number;
  readonly keep: number;
  /** Days after which lines are gone; 0 keeps them as long as there is room. */
  readonly keepDays: number;
  readonly terminal: LogTerminal;
}

/** The host's log and one per plugin: JSON lines in rotated files, readable ones on the terminal, secrets in neither. */
export class Logs {
  readonly host: Logger;
  readonly #options: LogsOptions;
  /** By the name of the file, without its ending. */
  readonly #files = new Map<string, RotatingFile>();
  readonly #expiry: NodeJS.Timeout;
  readonly #plugins = new Map<string, Logger>();
  readonly #terminal: { write(line: string): void };

  constructor(options: LogsOptions) {
    this.#options = options;
    this.#terminal = prettyTerminal(options.terminal);
    this.host = this.#open(HOST_LOG, HOST_LOG);
    void this.expire();
    this.#expiry = setInterval(() => void this.expire(), EXPIRE_EVERY_MS).unref();
  }

  /** Writes a line that a plugin logged. */
  plugin(id: string, { level, message, fields }: LogLine): void {
    let logger = this.#plugins.get(id);
    if (logger === undefined) {
      logger = this.#open(id, pluginLogName(id));
      this.#plugins.set(id, logger);
    }
    logger[level](fields ?? {}, message);
  }

  /** Removes lines that are older than they are to be kept, also of plugins that are gone. */
  async expire(): Promise<void> {
    const { folder, keepDays } = this.#options;
    if (keepDays === 0) return;
    for (const file of this.#files.values()) await file.expire();
    const isOpen = (name: string): boolean => this.#files.has(name.replace(/(\.\d+)?\.log$/, ''));
    await removeOldLogs(folder, Date.now() - keepDays * DAY_MS, isOpen);
  }

  /** Writes what waits, and closes. */
  async close(): Promise<void> {
    clearInterval(this.#expiry);
    await Promise.all([...this.#files.values()].map((file) => file.close()));
  }

  /** For a process that is about to end. */
  flushSync(): void {
    for (const file of this.#files.values()) file.flushSync();
  }

  #open(name: string, fileName: string): Logger {
    const { folder, level, terminalLevel, maxMb, keep, keepDays } = this.#options;
    const file = new RotatingFile({
      path: join(folder, `${fileName}.log`),
      maxBytes: maxMb * 1024 * 1024,
      keep,
      ...(keepDays > 0 && { maxAgeMs: keepDays * DAY_MS }),
    });
    this.#files.set(fileName, file);
    const streams = [...entry(level, file), ...entry(terminalLevel, this.#terminal)];
    const options = {
      level: rankOf(level) < rankOf(terminalLevel) ? level : terminalLevel,
      base: { name },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }), log: redactFields },
      hooks: { logMethod: redactMessage },
    };
    return pino(options, multistream(streams));
  }
}

/** The file of a plugin's log; a plugin that calls itself "host" does not get the host's. */
export function pluginLogName(id: string): string {
  return id === HOST_LOG ? `${id}.plugin` : id;
}

const RANKS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

function rankOf(level: LogLevel): number {
  return RANKS.indexOf(level);
}

function entry(level: LogLevel, stream: { write(line: string): void }): StreamEntry<Level>[] {
  return level === 'silent' ? [] : [{ level, stream }];
}

/** Texts may hold secrets as well as fields may. */
function redactMessage(this: Logger, args: unknown[], method: (...args: never[]) => void): void {
  const clean = args.map((arg) => (typeof arg === 'string' ? redactText(arg) : arg));
  Reflect.apply(method, this, clean);
}

/** Most starts have nothing to show: what makes lines readable is loaded with the first one. */
function prettyTerminal({ colors, write }: LogTerminal): { write(line: string): void } {
  const options: PrettyOptions = {
    colorize: colors,
    ignore: 'name,stack',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    messageFormat: '{name}: {msg}',
  };
  let pretty: ((line: string) => string) | undefined;
  return {
    write: (line) => {
      pretty ??= (createRequire(import.meta.url)('pino-pretty') as PinoPretty).prettyFactory(options);
      write(pretty(line));
    },
  };
}
