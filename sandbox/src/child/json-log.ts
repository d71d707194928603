import type { LogLine } from '@aico/kernel/contracts';
import type { Log } from '@aico/sdk';

/** A log whose lines are JSON on standard output; the parent adds time and plugin. */
export function createJsonLog(): Log {
  return {
    debug: (message, fields) => writeLogLine({ level: 'debug', message, ...(fields && { fields }) }),
    info: (message, fields) => writeLogLine({ level: 'info', message, ...(fields && { fields }) }),
    warn: (message, fields) => writeLogLine({ level: 'warn', message, ...(fields && { fields }) }),
    error: (message, fields) => writeLogLine({ level: 'error', message, ...(fields && { fields }) }),
  };
}

export function writeLogLine(line: LogLine): void {
  process.stdout.write(`${toJson(line)}\n`);
}

function toJson(line: LogLine): string {
  try {
    return JSON.stringify(line);
  } catch (error) {
    return JSON.stringify({ level: line.level, message: `${line.message} (fields left out: ${String(error)})` });
  }
}
