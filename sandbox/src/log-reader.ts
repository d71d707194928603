import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { LogLine, RunPressure } from '@aico/kernel/contracts';
import { LogBudget } from './watch/log-budget.ts';

const MAX_LINE_CHARACTERS = 16 * 1024;
const WINDOW_MS = 1_000;
/** Beyond this the child's pipe is not read until the next window, so that a flood costs the child and not the host. */
const CHARACTERS_PER_WINDOW = 2 * 1024 * 1024;
const MAX_HELD_LINES = 500;
const LEVELS: readonly unknown[] = ['debug', 'info', 'warn', 'error'];

/** Turns what a child writes into log lines. A flood is throttled and counted; nothing a child writes can throw here. */
export class LogReader {
  readonly #budget = new LogBudget(performance.now());
  #onPressure: (pressure: RunPressure) => void = () => {};
  #handler: ((line: LogLine) => void) | undefined;
  #held: LogLine[] = [];
  #characters = 0;
  #dropped = 0;
  #closed = false;
  readonly #streams: Readable[] = [];
  #window: NodeJS.Timeout | undefined;

  /** Reads a stream line by line. */
  read(stream: Readable, parse: (text: string) => LogLine): void {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    const take = (text: string): void => {
      if (text !== '') this.#take(text, parse);
    };
    this.#streams.push(stream);
    stream.on('data', (chunk: Buffer) => {
      const texts = (rest + decoder.write(chunk)).split('\n');
      rest = (texts.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
      texts.forEach(take);
      this.#count(chunk.length);
    });
    stream.on('end', () => take(rest + decoder.end()));
    stream.on('error', () => {
      // A pipe that breaks with its process has nothing left to say.
    });
  }

  /** Called for every line; lines from before are kept for it. */
  onLine(handler: (line: LogLine) => void): void {
    this.#handler = handler;
    for (const line of this.#held.splice(0)) handler(line);
  }

  /** Lets it log so many lines a minute from now on. */
  limit(linesPerMinute: number): void {
    this.#budget.setLimit(linesPerMinute, performance.now());
  }

  /** Called when lines are left out because it logs more than it may, and when it no longer does. */
  onPressure(handler: (pressure: RunPressure) => void): void {
    this.#onPressure = handler;
  }

  close(): void {
    clearTimeout(this.#window);
    this.#closed = true;
    this.#endWindow();
  }

  #take(text: string, parse: (text: string) => LogLine): void {
    if (!this.#mayWrite()) this.#dropped += 1;
    else this.#emit(parse(text.slice(0, MAX_LINE_CHARACTERS)));
  }

  #mayWrite(): boolean {
    const wasFull = this.#budget.isFull;
    const may = this.#budget.take(performance.now());
    if (!may && !wasFull) this.#tell('throttled');
    return may;
  }

  #tell(step: RunPressure['step']): void {
    const { limit } = this.#budget;
    this.#onPressure({ resource: 'logs', step, used: step === 'relieved' ? 0 : limit, limit });
  }

  #emit(line: LogLine): void {
    if (this.#handler !== undefined) this.#handler(line);
    else if (this.#held.length < MAX_HELD_LINES) this.#held.push(line);
  }

  #count(characters: number): void {
    this.#characters += characters;
    if (this.#characters > CHARACTERS_PER_WINDOW) for (const stream of this.#streams) stream.pause();
    this.#window ??= setTimeout(() => this.#endWindow(), WINDOW_MS);
  }

  #endWindow(): void {
    this.#window = undefined;
    const dropped = this.#dropped;
    this.#characters = 0;
    this.#dropped = 0;
    if (dropped > 0) this.#emit({ level: 'warn', message: `${dropped} log lines were dropped`, fields: { dropped } });
    for (const stream of this.#streams) stream.resume();
    if (this.#budget.relieve(performance.now())) this.#tell('relieved');
    else if (this.#budget.isFull && !this.#closed) this.#window = setTimeout(() => this.#endWindow(), WINDOW_MS);
  }
}

/** A line of standard output: JSON of our own child, or anything that code in it printed. */
export function parseOutputLine(text: string): LogLine {
  if (text.startsWith('{')) {
    try {
      const { level, message, fields } = JSON.parse(text) as Record<string, unknown>;
      if (LEVELS.includes(level) && typeof message === 'string') {
        const line = { level: level as LogLine['level'], message };
        const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
        return isObject ? { ...line, fields: fields as Record<string, unknown> } : line;
      }
    } catch {
      // Not ours: shown as it is.
    }
  }
  return { level: 'info', message: text };
}

/** A line of standard error. */
export function parseErrorLine(text: string): LogLine {
  return { level: 'warn', message: text };
}
