import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AicoError } from '@aico/schemas';
import { prettyFactory } from 'pino-pretty';
import { HOST_LOG, pluginLogName } from '../../logging/logs.ts';
import { numbered } from '../../logging/rotating-file.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

export interface LogsOptions {
  readonly plugin?: string;
  readonly follow?: boolean;
  readonly lines?: number;
}

const LOOK_EVERY_MS = 250;
const MAX_READ_BYTES = 4 * 1024 * 1024;

/** `aico logs`: the last lines of a log, and what comes after them with `--follow`. */
export async function runLogs(context: CommandContext, options: LogsOptions): Promise<number> {
  const name = options.plugin === undefined ? HOST_LOG : pluginLogName(options.plugin);
  const path = join(context.folders.logs, `${name}.log`);
  if (!/^[a-z][a-z0-9.-]*$/.test(name) || !existsSync(path)) {
    throw new AicoError('HOST_LOG_MISSING', { subject: options.plugin ?? HOST_LOG });
  }
  const show = lineShower(context);
  const tail = readFrom(path, Math.max(0, statSync(path).size - MAX_READ_BYTES));
  lastLines(path, tail.text, options.lines ?? 50).forEach(show);
  if (options.follow === true) await follow(path, tail.end, show);
  return EXIT.done;
}

/** Where a fresh file was begun just now, the one before it has the rest. */
function lastLines(path: string, text: string, count: number): string[] {
  const lines = linesOf(text);
  const before = numbered(path, 1);
  if (lines.length >= count || !existsSync(before)) return lines.slice(-count);
  const older = readFrom(before, Math.max(0, statSync(before).size - MAX_READ_BYTES));
  return [...linesOf(older.text), ...lines].slice(-count);
}

/** Runs until the process is ended. A file that shrank is a new one: the log was rotated. */
async function follow(path: string, from: number, show: (line: string) => void): Promise<never> {
  let at = from;
  let rest = '';
  for (;;) {
    await sleep(LOOK_EVERY_MS);
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size < at) at = 0;
    if (size === at) continue;
    const { text, end } = readFrom(path, at);
    at = end;
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    parts.filter((line) => line !== '').forEach(show);
  }
}

function readFrom(path: string, from: number): { readonly text: string; readonly end: number } {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(MAX_READ_BYTES);
    const count = readSync(file, bytes, 0, bytes.length, from);
    return { text: bytes.toString('utf8', 0, count), end: from + count };
  } finally {
    closeSync(file);
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function lineShower({ powers, json }: CommandContext): (line: string) => void {
  if (json) return (line) => powers.out(`${line}\n`);
  const pretty = prettyFactory({
    colorize: powers.colors.out,
    ignore: 'name',
    singleLine: true,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
  });
  return (line) => powers.out(pretty(line));
}
