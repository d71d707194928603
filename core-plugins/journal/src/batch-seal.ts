import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * A batch on the disk, numbers big-endian:
 *   magic 4 · length of the sealed bytes 4 · index in its segment 4 · number of its first record 6 · records 4 ·
 *   nonce 12 · CRC-32 of the sealed bytes 4 · CRC-32 of the header so far 4 · the sealed bytes (AES-256-GCM, tag last)
 * The checksums find a torn write without the key; the tag finds everything else. Nonces are random: after a torn
 * write was cut, the same place is written again.
 */
export const BATCH_MAGIC: Buffer = Buffer.from([0xa1, 0xc0, 0x4a, 0x42]);
export const BATCH_HEADER_BYTES = 42;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const AUTHENTICATED_BYTES = 34;

/** What a batch's header says. */
export interface BatchHeader {
  readonly length: number;
  readonly index: number;
  /** Number of the first record. */
  readonly first: number;
  readonly count: number;
  readonly nonce: Buffer;
  readonly checksum: number;
  readonly raw: Buffer;
}

/** The key of one segment. */
export function segmentKey(key: Uint8Array, salt: Uint8Array, name: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `aico/journal/v1/${name}`, 32));
}

/** Proves that a segment's key belongs to its header. */
export function headerProof(key: Uint8Array, header: Uint8Array): Buffer {
  return createHmac('sha256', key).update(header).digest().subarray(0, 16);
}

/** Seals records as one batch, ready to be written. */
export function sealBatch(key: Uint8Array, segment: number, index: number, first: number, records: Buffer[]): Buffer {
  let bytes = 0;
  for (const record of records) bytes += 4 + record.length;
  const plain = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const record of records) {
    at = plain.writeUInt32BE(record.length, at);
    at += record.copy(plain, at);
  }
  const batch = Buffer.allocUnsafe(BATCH_HEADER_BYTES + bytes + TAG_BYTES);
  BATCH_MAGIC.copy(batch, 0);
  batch.writeUInt32BE(bytes + TAG_BYTES, 4);
  batch.writeUInt32BE(index, 8);
  batch.writeUIntBE(first, 12, 6);
  batch.writeUInt32BE(records.length, 18);
  const nonce = randomBytes(NONCE_BYTES);
  nonce.copy(batch, 22);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(authenticated(segment, batch));
  cipher.update(plain).copy(batch, BATCH_HEADER_BYTES);
  cipher.final();
  cipher.getAuthTag().copy(batch, BATCH_HEADER_BYTES + bytes);
  batch.writeUInt32BE(crc32(batch.subarray(BATCH_HEADER_BYTES)), 34);
  batch.writeUInt32BE(crc32(batch.subarray(0, 38)), 38);
  return batch;
}

/** Reads a header, or says that there is none. */
export function readHeader(bytes: Buffer, at: number): BatchHeader | undefined {
  if (at + BATCH_HEADER_BYTES > bytes.length) return undefined;
  const raw = bytes.subarray(at, at + BATCH_HEADER_BYTES);
  if (!raw.subarray(0, 4).equals(BATCH_MAGIC) || crc32(raw.subarray(0, 38)) !== raw.readUInt32BE(38)) return undefined;
  return {
    length: raw.readUInt32BE(4),
    index: raw.readUInt32BE(8),
    first: raw.readUIntBE(12, 6),
    count: raw.readUInt32BE(18),
    nonce: raw.subarray(22, 34),
    checksum: raw.readUInt32BE(34),
    raw,
  };
}

/** Opens a batch; undefined when it was changed. */
export function openBatch(key: Uint8Array, segment: number, header: BatchHeader, sealed: Buffer): Buffer[] | undefined {
  if (crc32(sealed) !== header.checksum || sealed.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, header.nonce);
  decipher.setAAD(authenticated(segment, header.raw));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
    decipher.final();
    return split(plain);
  } catch {
    return undefined;
  }
}

function split(plain: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < plain.length; ) {
    const length = plain.readUInt32BE(at);
    records.push(plain.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return records;
}

/** Binds a batch to its segment and its place there. */
function authenticated(segment: number, header: Buffer): Buffer {
  const data = Buffer.allocUnsafe(6 + AUTHENTICATED_BYTES);
  data.writeUIntBE(segment, 0, 6);
  header.copy(data, 6, 0, AUTHENTICATED_BYTES);
  return data;
}
