import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { readSync } from 'node:fs';
import { FIRST_GENERATION } from '../key-generation.ts';
import { withFile } from '../with-file.ts';

/*
 * A blob's file: magic 8 · format 1 · salt 32 · head, sealed: id 32, size 8, tag 16 · chunks of 64 KiB, each sealed with a tag of
 * 16. AES-256-GCM under a key that this file alone has: HKDF-SHA256 of the plugin's key with the salt. So nonces can count: the
 * head has one of its own, and each chunk its number, which makes another order another file. The head says how long the blob is.
 * Format 2, for a later key of the plugin's: the first two bytes of the salt say which. Format 3, with chunks that are compressed, whatever
 * the key: the salt says it, too, and ./chunk-table.ts what is behind the chunks.
 */
const MAGIC = Buffer.from('AICOBLOB');
const FORMAT = 1;
const FORMAT_OF_LATER_KEYS = 2;
const FORMAT_OF_COMPRESSED = 3;
const GENERATION_AT = MAGIC.length + 1;
const SALT_BYTES = 32;
const ID_BYTES = 32;
export const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';
const OPENING_BYTES = MAGIC.length + 1 + SALT_BYTES;
/** Where the chunks begin. */
export const BODY_AT: number = OPENING_BYTES + ID_BYTES + 8 + TAG_BYTES;
export const CHUNK_BYTES = 65_536;
export const SEALED_CHUNK_BYTES: number = CHUNK_BYTES + TAG_BYTES;
const OF_CHUNKS = 0;
const OF_HEAD = 1;
const OF_TABLE = 2;
const NOTHING = new Uint8Array();

/** The key that names a plugin's blobs. @param databaseKey the first key of its database, 64 hex digits: names stay when that changes */
export function addressKey(databaseKey: string): Buffer {
  return derive(databaseKey, 'address');
}

/** The key that the keys of blobs' files are made of. @param databaseKey one of the keys of the plugin's database, 64 hex digits */
export function contentKey(databaseKey: string): Buffer {
  return derive(databaseKey, 'content');
}

/** The opening of a new file. @param generation which of the plugin's keys it is */
export function newOpening(generation: number): Buffer {
  const format = generation === FIRST_GENERATION ? FORMAT : FORMAT_OF_LATER_KEYS;
  const opening = Buffer.concat([MAGIC, Buffer.of(format), randomBytes(SALT_BYTES)]);
  opening.writeUInt16BE(generation, GENERATION_AT);
  return opening;
}

/** The same opening for a file of which chunks are compressed. */
export function compressedOpening(opening: Uint8Array): Buffer {
  const compressed = Buffer.from(opening);
  compressed[MAGIC.length] = FORMAT_OF_COMPRESSED;
  return compressed;
}

/** Whether chunks of a file that begins with these bytes are compressed. */
export function isCompressed(bytes: Uint8Array): boolean {
  return bytes[MAGIC.length] === FORMAT_OF_COMPRESSED;
}

/** The newest form that is known here. */
export const NEWEST_FORMAT: number = FORMAT_OF_COMPRESSED;

/** The form of a file that begins with these bytes, if a newer AICO made it. */
export function newerFormatOf(bytes: Buffer): number | undefined {
  const format = MAGIC.equals(bytes.subarray(0, MAGIC.length)) ? (bytes[MAGIC.length] ?? 0) : 0;
  return format > NEWEST_FORMAT ? format : undefined;
}

/** Which of the plugin's keys a file that begins with these bytes needs; a text says why that cannot be told. */
export function generationOf(bytes: Buffer): number | string {
  if (bytes.length < BODY_AT || !MAGIC.equals(bytes.subarray(0, MAGIC.length))) return 'it is cut, or no blob';
  const format = bytes[MAGIC.length];
  if (format === FORMAT) return FIRST_GENERATION;
  if (format !== FORMAT_OF_LATER_KEYS && format !== FORMAT_OF_COMPRESSED)
    return `it has form ${format}, which is not known`;
  return bytes.readUInt16BE(GENERATION_AT);
}

/** Which key a file says that it needs; undefined when it is not there, or says nothing that is known. */
export function readBlobGeneration(path: string): number | undefined {
  return withFile(path, (file) => {
    const bytes = Buffer.alloc(BODY_AT);
    const generation = generationOf(bytes.subarray(0, readSync(file, bytes, 0, BODY_AT, 0)));
    return typeof generation === 'string' ? undefined : generation;
  });
}

/** The key of the file with this opening. */
export function fileKeyOf(content: Uint8Array, opening: Uint8Array): Buffer {
  const salt = opening.subarray(MAGIC.length + 1, OPENING_BYTES);
  return Buffer.from(hkdfSync('sha256', content, salt, 'aico/v1/blob/file', 32));
}

/** Bytes of the file of a blob of which nothing is compressed. */
export function fileBytesOf(size: number): number {
  return BODY_AT + size + Math.ceil(size / CHUNK_BYTES) * TAG_BYTES;
}

/** Bytes of the blob of such a file, as its length says. */
export function sizeOf(fileBytes: number): number {
  const body = Math.max(0, fileBytes - BODY_AT);
  return Math.max(0, body - Math.ceil(body / SEALED_CHUNK_BYTES) * TAG_BYTES);
}

export function sealChunk(key: Buffer, index: number, content: Uint8Array): Buffer {
  return seal(key, nonceOf(OF_CHUNKS, index), content);
}

/** What was sealed as the chunk of this number, or undefined. */
export function openChunk(key: Buffer, index: number, sealed: Uint8Array): Buffer | undefined {
  return open(key, nonceOf(OF_CHUNKS, index), sealed);
}

/** @param context what it is bound to */
export function sealTable(key: Buffer, table: Uint8Array, context: Uint8Array): Buffer {
  return seal(key, nonceOf(OF_TABLE, 0), table, context);
}

export function openTable(key: Buffer, sealed: Uint8Array, context: Uint8Array): Buffer | undefined {
  return open(key, nonceOf(OF_TABLE, 0), sealed, context);
}

/** Opening and head of a file. */
export function encodeHead(key: Buffer, opening: Uint8Array, id: string, size: number): Buffer {
  const head = Buffer.alloc(ID_BYTES + 8);
  head.write(id, 'hex');
  head.writeBigUInt64BE(BigInt(size), ID_BYTES);
  return Buffer.concat([opening, seal(key, nonceOf(OF_HEAD, 0), head, opening)]);
}

/** The key and the head of a file that begins with these bytes, whose generation is known; a text says why there is none. */
export function decodeHead(
  content: Uint8Array,
  bytes: Uint8Array,
): { readonly key: Buffer; readonly id: string; readonly size: number } | string {
  const opening = bytes.subarray(0, OPENING_BYTES);
  const key = fileKeyOf(content, opening);
  const head = open(key, nonceOf(OF_HEAD, 0), bytes.subarray(OPENING_BYTES, BODY_AT), opening);
  if (head === undefined) return "its head was changed, or is of another vault's";
  return { key, id: head.toString('hex', 0, ID_BYTES), size: Number(head.readBigUInt64BE(ID_BYTES)) };
}

function derive(databaseKey: string, what: string): Buffer {
  const secret = Buffer.from(databaseKey, 'hex');
  try {
    return Buffer.from(hkdfSync('sha256', secret, '', `aico/v1/blob/${what}`, 32));
  } finally {
    secret.fill(0);
  }
}

function nonceOf(kind: number, index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(kind);
  nonce.writeBigUInt64BE(BigInt(index), 4);
  return nonce;
}

function seal(key: Buffer, nonce: Buffer, content: Uint8Array, context: Uint8Array = NOTHING): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(context);
  return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Buffer, nonce: Buffer, sealed: Uint8Array, context: Uint8Array = NOTHING): Buffer | undefined {
  if (sealed.length < TAG_BYTES) return undefined;
  const body = sealed.subarray(0, -TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(context);
  decipher.setAuthTag(sealed.subarray(body.length));
  const content = decipher.update(body);
  try {
    decipher.final();
    return content;
  } catch {
    content.fill(0);
    return undefined;
  }
}
