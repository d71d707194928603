import { MAX_FRAME_BYTES, REPEATS, WIRE_VERSION } from '@aico/schemas/wire';

/** A record as plainly as it can be read. */
export interface PlainRecord {
  readonly kind: number;
  readonly correlation: number;
  readonly topic: string;
  readonly header: string;
  readonly payload: string;
}

/** Reads a frame by the words of the wire form's description; undefined when it is not one. Bytes are told in hex. */
export function readPlainly(frame: Uint8Array): PlainRecord[] | undefined {
  const bytes = [...frame];
  if (bytes.length > MAX_FRAME_BYTES || bytes.shift() !== WIRE_VERSION) return undefined;
  const records: PlainRecord[] = [];
  while (bytes.length > 0) {
    const length = takeNumber(bytes, 4);
    if (length === undefined || bytes.length < length) return undefined;
    const record = readRecord(bytes.splice(0, length), records.at(-1));
    if (record === undefined) return undefined;
    records.push(record);
  }
  return records;
}

function readRecord(body: number[], before: PlainRecord | undefined): PlainRecord | undefined {
  const marked = takeNumber(body, 1);
  const correlation = takeNumber(body, 4);
  const stamps = takeBytes(body, 16);
  if (marked === undefined || correlation === undefined || stamps === undefined) return undefined;
  const kind = marked % REPEATS;
  if (marked >= REPEATS) return before && { ...before, kind, correlation, payload: hex(body) };
  const topic = takeBytes(body, takeNumber(body, 1));
  const header = takeBytes(body, takeNumber(body, 2));
  if (topic === undefined || header === undefined) return undefined;
  return { kind, correlation, topic: hex(topic), header: hex(header), payload: hex(body) };
}

function takeBytes(bytes: number[], count: number | undefined): number[] | undefined {
  return count === undefined || bytes.length < count ? undefined : bytes.splice(0, count);
}

/** A number, its lowest byte first. */
function takeNumber(bytes: number[], count: number): number | undefined {
  return takeBytes(bytes, count)?.reduceRight((sum, byte) => sum * 256 + byte, 0);
}

export function hex(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
