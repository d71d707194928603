import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AicoError } from '@aico/schemas';
import { HOST_LOG, pluginLogName } from '../../logging/logs.ts';
import { numbered } from '../../logging/rotating-file.ts';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { followLog, lineShower, linesOf, MAX_READ_BYTES, readFrom } from '../log-reader.ts';
import { SealedLines } from '../sealed-lines.ts';
import { watching } from '../watching.ts';

export interface LogsOptions {
  readonly plugin?: string;
  readonly follow?: boolean;
  readonly lines?: number;
}

/** `aico logs`: the last lines of a log, and what comes after them with `--follow`. */
export async function runLogs(context: CommandContext, options: LogsOptions): Promise<number> {
  const name = options.plugin === undefined ? HOST_LOG : pluginLogName(options.plugin);
  const path = join(context.folders.logs, `${name}.log`);
  if (!/^[a-z][a-z0-9.-]*$/.test(name) || !existsSync(path)) {
    throw new AicoError('HOST_LOG_MISSING', { subject: options.plugin ?? HOST_LOG });
  }
  const showLine = lineShower(context);
  const sealed = new SealedLines(context, (texts) =>
    withBus(context.folders, async (bus) => (await bus.request('vault.log.open.v1', { sealed: texts })).opened),
  );
  const show = async (lines: readonly string[]): Promise<void> => (await sealed.open(lines)).forEach(showLine);
  const tail = readFrom(path, Math.max(0, statSync(path).size - MAX_READ_BYTES));
  await show(lastLines(path, tail.text, options.lines ?? 50));
  if (options.follow === true)
    await watching(context.powers, undefined, (enough) => followLog(path, tail.end, show, enough));
  return EXIT.done;
}

/** Where a fresh file was begun just now, the one before it has the rest. */
function lastLines(path: string, text: string, count: number): string[] {
  if (count === 0) return [];
  const lines = linesOf(text);
  const before = numbered(path, 1);
  if (lines.length >= count || !existsSync(before)) return lines.slice(-count);
  const older = readFrom(before, Math.max(0, statSync(before).size - MAX_READ_BYTES));
  return [...linesOf(older.text), ...lines].slice(-count);
}
