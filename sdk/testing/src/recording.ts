import { AicoError, type BusRecord, explain, validators } from '@aico/schemas';

/** What one plugin received and sent, as `aico bus record` writes it down. */
export interface Recording {
  readonly plugin: string;
  readonly version: string;
  readonly records: readonly BusRecord[];
  /** Messages that passed too fast to be written down; of any plugin. */
  readonly skipped: number;
}

/** One message of the plugin's own. */
export interface Sent {
  readonly verb: BusRecord['verb'];
  readonly topic: string;
  /** Undefined where it is sealed or was cut. */
  readonly data: unknown;
}

/** Reads a recording, a JSON line each. @throws AicoError SDK_RECORDING_INVALID */
export function parseRecording(text: string): Recording {
  const [head, ...lines] = text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [readLine(line, at)]));
  const { recording, plugin, version } = (head ?? {}) as Record<string, unknown>;
  if (recording !== 1 || typeof plugin !== 'string') throw invalid(0, 'it does not begin as a recording does');
  const records: BusRecord[] = [];
  let skipped = 0;
  const isRecord = validators['control#BusRecord'];
  for (const [at, line] of lines.entries()) {
    if (isRecord(line)) records.push(line);
    else if (isGap(line)) skipped += line.skipped;
    else throw invalid(at + 1, explain(isRecord).sentence);
  }
  return { plugin, version: String(version), records, skipped };
}

/** What the plugin sent in a recording, in order. */
export function sentIn({ plugin, records }: Pick<Recording, 'plugin' | 'records'>): readonly Sent[] {
  return records
    .filter(({ sender }) => sender === plugin)
    .map((record) => ({ verb: record.verb, topic: record.topic, data: dataOf(record) }));
}

/** The payload of a record, undefined where it is sealed or was cut. */
export function dataOf({ payload, redacted, cut }: BusRecord): unknown {
  return payload === undefined || payload === '' || redacted === true || cut === true ? undefined : JSON.parse(payload);
}

function readLine(line: string, at: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw invalid(at, 'it is not JSON');
  }
}

function isGap(line: unknown): line is { readonly skipped: number } {
  return typeof (line as { skipped?: unknown }).skipped === 'number';
}

function invalid(line: number, problem: string): AicoError {
  return new AicoError('SDK_RECORDING_INVALID', { subject: `line ${line + 1}`, details: { problem } });
}
