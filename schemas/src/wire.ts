import { Buffer } from 'node:buffer';
import { FrameReader, type WireRecord } from './frame-reader.ts';
import { FrameWriter, type RecordFields } from './frame-writer.ts';
import { WIRE_VERSION } from './wire-format.ts';

export { FrameReader, type WireRecord } from './frame-reader.ts';
export { FrameWriter, type RecordFields } from './frame-writer.ts';
export { MAX_FRAME_BYTES, REPEATS, WIRE_VERSION, WireError } from './wire-format.ts';

/** Encodes one record by itself, length included. @throws WireError */
export function encodeRecord(fields: RecordFields): Uint8Array {
  const writer = new FrameWriter();
  writer.add(fields);
  return writer.take().subarray(1);
}

/** Joins encoded records to one frame. */
export function encodeFrame(records: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(WIRE_VERSION), ...records]);
}

/** Decodes a frame whole, or refuses it whole. @throws WireError */
export function decodeFrame(bytes: Uint8Array): WireRecord[] {
  const reader = new FrameReader(bytes);
  const records: WireRecord[] = [];
  while (reader.next()) records.push(reader.record());
  return records;
}
