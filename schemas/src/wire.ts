import { Buffer } from 'node:buffer';
import type { RecordKind } from './protocol.ts';

/**
 * The wire form between a plugin's process and the kernel: a frame is a version byte and whole records, many to a
 * frame; payload bytes are forwarded untouched.
 *
 * record = length:u32le kind:u8 correlation:u32le sequence:f64le time:f64le
 *          topicLength:u8 topic:ascii headerLength:u16le header:utf8(JSON or empty) payload:rest
 * `length` counts what follows it. `sequence` and `time` (ms since 1970) are stamped by the kernel, 0 upwards.
 */
export const WIRE_VERSION = 1;
export const MAX_FRAME_BYTES: number = 32 * 1024 * 1024;
const FIXED_BYTES = 1 + 4 + 8 + 8 + 1 + 2;

/** One decoded record. `payload` is a view into the frame. */
export interface WireRecord {
  readonly kind: number;
  readonly correlation: number;
  readonly sequence: number;
  readonly time: number;
  readonly topic: string;
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

export interface RecordFields {
  readonly kind: RecordKind;
  readonly correlation?: number;
  readonly sequence?: number;
  readonly time?: number;
  readonly topic?: string;
  readonly header?: Uint8Array;
  readonly payload?: Uint8Array;
}

/** What is wrong with a frame; the kernel turns it into KERNEL_FRAME_MALFORMED. */
export class WireError extends Error {}

const EMPTY = new Uint8Array(0);

/** Encodes one record, length included. */
export function encodeRecord(fields: RecordFields): Uint8Array {
  const topic = fields.topic ?? '';
  const header = fields.header ?? EMPTY;
  const payload = fields.payload ?? EMPTY;
  if (topic.length > 255 || header.length > 0xffff) throw new WireError('topic or header too long');
  const length = FIXED_BYTES + topic.length + header.length + payload.length;
  const record = Buffer.allocUnsafe(4 + length);
  record.writeUInt32LE(length, 0);
  record[4] = fields.kind;
  record.writeUInt32LE(fields.correlation ?? 0, 5);
  record.writeDoubleLE(fields.sequence ?? 0, 9);
  record.writeDoubleLE(fields.time ?? 0, 17);
  record[25] = topic.length;
  let at = 26 + record.write(topic, 26, 'latin1');
  record.writeUInt16LE(header.length, at);
  at += 2;
  record.set(header, at);
  record.set(payload, at + header.length);
  return record;
}

/** Joins encoded records to one frame. */
export function encodeFrame(records: readonly Uint8Array[]): Uint8Array {
  let length = 1;
  for (const record of records) length += record.length;
  const frame = Buffer.allocUnsafe(length);
  frame[0] = WIRE_VERSION;
  let at = 1;
  for (const record of records) {
    frame.set(record, at);
    at += record.length;
  }
  return frame;
}

/** Decodes a frame whole, or refuses it whole. @throws WireError */
export function decodeFrame(bytes: Uint8Array): WireRecord[] {
  if (bytes.length > MAX_FRAME_BYTES) throw new WireError('frame too large');
  if (bytes[0] !== WIRE_VERSION) throw new WireError('unknown version');
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: WireRecord[] = [];
  let at = 1;
  while (at < frame.length) {
    if (at + 4 + FIXED_BYTES > frame.length) throw new WireError('record cut short');
    const end = at + 4 + frame.readUInt32LE(at);
    if (end > frame.length) throw new WireError('record longer than its frame');
    const topicLength = frame[at + 25] as number;
    const topicEnd = at + 26 + topicLength;
    if (topicEnd + 2 > end) throw new WireError('topic longer than its record');
    const headerStart = topicEnd + 2;
    const headerEnd = headerStart + frame.readUInt16LE(topicEnd);
    if (headerEnd > end) throw new WireError('header longer than its record');
    records.push({
      kind: frame[at + 4] as number,
      correlation: frame.readUInt32LE(at + 5),
      sequence: frame.readDoubleLE(at + 9),
      time: frame.readDoubleLE(at + 17),
      topic: topicLength === 0 ? '' : frame.toString('latin1', at + 26, topicEnd),
      header: headerStart === headerEnd ? EMPTY : frame.subarray(headerStart, headerEnd),
      payload: frame.subarray(headerEnd, end),
    });
    at = end;
  }
  return records;
}
