import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLine } from '@aico/kernel/contracts';
import { ClockWatch, type SeenClock } from '@aico/sdk/internal';
import { type Level, type Logger, multistream, pino, type StreamEntry, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../configuration/host-settings.ts';
import { writeFileAtomicallySync } from '../state/atomic-file.ts';
import { removeOldLogs } from './log-age.ts';
import type { LogSeal } from './log-seal.ts';
import { type LogTerminal, prettyTerminal } from './pretty-terminal.ts';
import { redactFields, redactText } from './redact.ts';
import { RotatingFile } from './rotating-file.ts';

/** Name of the host's own log. */
export const HOST_LOG = 'host';

const DAY_MS = 86_400_000;
const EXPIRE_EVERY_MS = 3_600_000;
/** A start that is refused removes nothing and writes nothing. */
const FIRST_EXPIRY_MS = 3_000;

export interface LogsOptions {
  readonly folder: string;
  readonly level: LogLevel;
  readonly terminalLevel: LogLevel;
  readonly maxMb: number;
  readonly keep: number;
  /** Days after which lines are gone; 0 keeps them as long as there is room. */
  readonly keepDays: number;
  readonly terminal: LogTerminal;
  readonly seal: LogSeal;
  /** Whose lines are sealed; none is the host's own. */
  readonly isSealed: (plugin: string) => boolean;
  /** Where is kept what was seen of the clock: one that jumped ahead removes no line. */
  readonly clockFile: string;
  /** ms since 1970; the machine's clock unless told otherwise. */
  readonly now?: () => number;
}

/** What a line says beside its time, level and name. */
export interface Told {
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Where the lines of one log go. */
interface Book {
  readonly file: Logger;
  readonly terminal: Logger;
}

/**
 * The host's log and one per plugin: JSON lines in rotated files, readable ones on the terminal, secrets in neither. What plugins
 * say may be what their user told them: it is sealed in files.
 */
export class Logs {
  readonly host: Logger;
  readonly #options: LogsOptions;
  /** By the name of the file, without its ending. */
  readonly #files = new Map<string, RotatingFile>();
  readonly #first: NodeJS.Timeout;
  readonly #expiry: NodeJS.Timeout;
  readonly #clock: ClockWatch;
  readonly #plugins = new Map<string, Book>();
  readonly #ofHost: Book;
  readonly #terminal: { write(line: string): void };

  constructor(options: LogsOptions) {
    this.#options = options;
    this.#terminal = prettyTerminal(options.terminal);
    const file = this.#file(HOST_LOG);
    this.host = this.#logger(HOST_LOG, [
      ...entry(options.level, file),
      ...entry(options.terminalLevel, this.#terminal),
    ]);
    this.#ofHost = this.#book(HOST_LOG, file);
    const { clockFile, now = Date.now } = options;
    this.#clock = new ClockWatch({
      get: () => readSeen(clockFile),
      // At once: an end of the process in the middle would leave a part of it behind.
      set: async (seen) => writeFileAtomicallySync(clockFile, JSON.stringify(seen)),
      now,
      onWait: ({ believed }) =>
        this.host.warn(
          { seen: new Date(believed).toISOString() },
          'The clock is far from where it was: no log is removed for its age for now.',
        ),
    });
    this.#first = setTimeout(() => void this.expire(), FIRST_EXPIRY_MS).unref();
    this.#expiry = setInterval(() => void this.expire(), EXPIRE_EVERY_MS).unref();
  }

  /** Writes a line that a plugin logged. */
  plugin(id: string, { level, ...told }: LogLine): void {
    let book = this.#plugins.get(id);
    if (book === undefined) {
      book = this.#book(id, this.#file(pluginLogName(id)));
      this.#plugins.set(id, book);
    }
    this.#say(book, level, this.#options.isSealed(id), { message: '' }, told);
  }

  /**
   * Writes into the host's log what came of a plugin.
   * @param told in words that may be the plugin's own
   */
  about(plugin: string, level: 'warn' | 'error', { message, fields }: Told, told: Told): void {
    this.#say(this.#ofHost, level, this.#options.isSealed(plugin), { message, fields: { plugin, ...fields } }, told);
  }

  /** Removes lines that are older than they are to be kept, also of plugins that are gone, if the clock is to be believed. */
  async expire(): Promise<void> {
    const { folder, keepDays } = this.#options;
    if (keepDays === 0) return;
    const now = await this.#clock.believed([keepDays]);
    if (now === undefined) return;
    const before = now - keepDays * DAY_MS;
    for (const file of this.#files.values()) await file.expire(before);
    const isOpen = (name: string): boolean => this.#files.has(name.replace(/(\.\d+)?\.log$/, ''));
    await removeOldLogs(folder, before, isOpen);
  }

  /** Writes what waits, and closes. */
  async close(): Promise<void> {
    clearTimeout(this.#first);
    clearInterval(this.#expiry);
    await Promise.all([...this.#files.values()].map((file) => file.close()));
  }

  /** For a process that is about to end. */
  flushSync(): void {
    for (const file of this.#files.values()) file.flushSync();
  }

  /** The part that may be read by everybody, and the part that is to be sealed where there is a vault. */
  #say({ file, terminal }: Book, level: LogLine['level'], isSealed: boolean, open: Told, told: Told): void {
    const hidden = redactFields(told.fields ?? {});
    const message = redactText(told.message);
    const sealed = isSealed ? this.#options.seal.seal(JSON.stringify({ ...hidden, msg: message })) : undefined;
    const all = { ...open.fields, ...hidden };
    if (sealed === undefined) file[level](all, message);
    else if (open.message === '') file[level]({ sealed });
    else file[level]({ ...open.fields, sealed }, open.message);
    if (sealed === undefined || this.#options.terminal.isSeen) terminal[level](all, message);
    else terminal[level](open.fields ?? {}, `${open.message} (sealed; aico logs shows it)`.trimStart());
  }

  #book(name: string, file: RotatingFile): Book {
    const { level, terminalLevel } = this.#options;
    return {
      file: this.#logger(name, entry(level, file)),
      terminal: this.#logger(name, entry(terminalLevel, this.#terminal)),
    };
  }

  #file(name: string): RotatingFile {
    const { folder, maxMb, keep, keepDays } = this.#options;
    const file = new RotatingFile({
      path: join(folder, `${name}.log`),
      maxBytes: maxMb * 1024 * 1024,
      keep,
      ...(keepDays > 0 && { maxAgeMs: keepDays * DAY_MS }),
    });
    this.#files.set(name, file);
    return file;
  }

  #logger(name: string, streams: StreamEntry<Level>[]): Logger {
    const { level, terminalLevel } = this.#options;
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

async function readSeen(path: string): Promise<SeenClock | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as SeenClock;
  } catch {
    return undefined;
  }
}
