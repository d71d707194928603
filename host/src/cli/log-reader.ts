import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { prettyFactory } from 'pino-pretty';
import { printable } from '../printable.ts';
import type { CommandContext } from './command-context.ts';

const LOOK_EVERY_MS = 250;
/** What is read of a log at once. */
export const MAX_READ_BYTES: number = 4 * 1024 * 1024;

/** Shows the lines that are logged from a place on, until it is aborted. A file that shrank is a new one: the log was rotated. */
export async function followLog(
  path: string,
  from: number,
  show: (lines: readonly string[]) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let at = from;
  let rest = '';
  while (signal?.aborted !== true) {
    await sleep(LOOK_EVERY_MS);
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size < at) at = 0;
    if (size === at) continue;
    const { text, end } = readFrom(path, at);
    at = end;
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    await show(parts.filter((line) => line !== ''));
  }
}

/** A part of a log, and where it ends. */
export function readFrom(path: string, from: number): { readonly text: string; readonly end: number } {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(MAX_READ_BYTES);
    const count = readSync(file, bytes, 0, bytes.length, from);
    return { text: bytes.toString('utf8', 0, count), end: from + count };
  } finally {
    closeSync(file);
  }
}

/** The lines of a log that hold something. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Shows lines of a log: for people, or as they are. */
export function lineShower({ powers, json }: CommandContext): (line: string) => void {
  if (json) return (line) => powers.out(`${line}\n`);
  const pretty = prettyFactory({
    colorize: powers.colors.out,
    ignore: 'name,stack',
    singleLine: true,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
  });
  return (line) => powers.out(pretty(line) + framesOf(line));
}

/** Where in the code it was, a line each; the first line of a stack only says again what failed. */
function framesOf(line: string): string {
  const { stack } = fieldsOf(line);
  if (typeof stack !== 'string') return '';
  const frames = stack.split('\n').filter((each) => /^\s+at /.test(each));
  return frames.map((frame) => `    ${printable(frame.trim())}\n`).join('');
}

function fieldsOf(line: string): { readonly stack?: unknown } {
  try {
    return (JSON.parse(line) ?? {}) as { readonly stack?: unknown };
  } catch {
    // A line that a crash cut short is shown as it is.
    return {};
  }
}
