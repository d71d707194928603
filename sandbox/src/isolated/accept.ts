import type { LogLine } from '@aico/kernel/contracts';
import { assertFitsFrame, type RecordKind } from '@aico/schemas';
import type { OutRecord } from '@aico/sdk/internal';

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'];
const MAX_MESSAGE_CHARACTERS = 8_192;

/** Reads records that a guest sent: whatever a hostile one makes up becomes well-formed records or a TypeError. */
export function acceptRecords(text: unknown): OutRecord[] {
  const tuples: unknown = JSON.parse(String(text));
  if (!Array.isArray(tuples)) throw new TypeError('Records are a list.');
  return tuples.map(acceptRecord);
}

function acceptRecord(tuple: unknown): OutRecord {
  if (!Array.isArray(tuple)) throw new TypeError('A record is a list.');
  const [kind, correlation, sequence, topic, header, payload] = tuple as unknown[];
  const numbers =
    isCount(kind, 0xff) && isCount(correlation, 0xffff_ffff) && isCount(sequence, Number.MAX_SAFE_INTEGER);
  if (!numbers || typeof topic !== 'string' || typeof header !== 'string' || typeof payload !== 'string') {
    throw new TypeError('A record has three numbers and three texts.');
  }
  // What is sealed and followed here goes by the topic that was written, which must be the one that arrives.
  assertFitsFrame(topic);
  return {
    kind: kind as RecordKind,
    correlation: correlation as number,
    sequence: sequence as number,
    topic,
    ...(header === '' ? undefined : { header }),
    ...(payload === '' ? undefined : { payload }),
  };
}

function isCount(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

/** Reads a log line that a guest wrote. */
export function acceptLog(level: unknown, message: unknown, fields: unknown): LogLine {
  const line: LogLine = {
    level: (LEVELS.includes(String(level)) ? level : 'info') as LogLine['level'],
    message: String(message).slice(0, MAX_MESSAGE_CHARACTERS),
  };
  if (typeof fields !== 'string' || fields.length > MAX_MESSAGE_CHARACTERS) return line;
  const parsed: unknown = JSON.parse(fields);
  return typeof parsed === 'object' && parsed !== null ? { ...line, fields: parsed as Record<string, unknown> } : line;
}
