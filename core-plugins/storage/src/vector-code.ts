import { AicoError } from '@aico/sdk';

/** A vector by a byte for each number, and what a byte stands for. */
export interface VectorCode {
  readonly bytes: Int8Array;
  readonly scale: number;
}

const LARGEST = 127;
const SCALE_BYTES = 4;

/** Reads a vector as it travels, and makes its length 1. @throws AicoError VECTOR_INVALID */
export function readVector(plugin: string, base64: string): Float32Array {
  const vector = decodeVector(base64);
  const invalid = (problem: string) => new AicoError('VECTOR_INVALID', { subject: plugin, details: { problem } });
  if (vector === undefined) throw invalid('its bytes are no whole numbers of 4 bytes');
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) throw invalid('a number in it is not finite');
  const length = Math.sqrt(squares);
  if (length === 0) throw invalid('all its numbers are zero');
  return vector.map((value) => value / length);
}

/** The numbers as they are; undefined when the bytes are none. */
export function decodeVector(base64: string): Float32Array | undefined {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  if (bytes.byteLength === 0 || bytes.byteLength % Float32Array.BYTES_PER_ELEMENT !== 0) return undefined;
  return new Float32Array(bytes.buffer, 0, bytes.byteLength / Float32Array.BYTES_PER_ELEMENT);
}

export function encodeVector(vector: Float32Array): string {
  return bytesOf(vector).toString('base64');
}

export function bytesOf(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** The code of a vector as it is kept: its scale, then its bytes. */
export function packCode(vector: Float32Array): Buffer {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const scale = Math.fround(largest / LARGEST);
  const packed = Buffer.alloc(SCALE_BYTES + vector.length);
  packed.writeFloatLE(scale);
  for (const [at, value] of vector.entries()) packed.writeInt8(Math.round(value / scale), SCALE_BYTES + at);
  return packed;
}

export function unpackCode(packed: Buffer): VectorCode {
  const bytes = new Int8Array(packed.buffer, packed.byteOffset + SCALE_BYTES, packed.byteLength - SCALE_BYTES);
  return { bytes, scale: packed.readFloatLE() };
}

/** The cosine of two vectors of length 1. */
export function cosineOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
