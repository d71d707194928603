import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/*
 * A blob's file: magic 8 · format 1 · salt 32 · head, sealed: id 32, size 8, tag 16 · chunks of 64 KiB, each sealed with a tag of
 * 16. AES-256-GCM under a key that this file alone has: HKDF-SHA256 of the plugin's key with the salt. So nonces can count: the
 * head has one of its own, and each chunk its number, which makes another order another file. The head says how long the blob is.
 */
const MAGIC = Buffer.from('AICOBLOB');
const FORMAT = 1;
const SALT_BYTES = 32;
const ID_BYTES = 32;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';
const OPENING_BYTES = MAGIC.length + 1 + SALT_BYTES;
/** Where the chunks begin. */
export const BODY_AT: number = OPENING_BYTES + ID_BYTES + 8 + TAG_BYTES;
export const CHUNK_BYTES = 65_536;
export const SEALED_CHUNK_BYTES: number = CHUNK_BYTES + TAG_BYTES;
const OF_CHUNKS = 0;
const OF_HEAD = 1;
const NOTHING = new Uint8Array();

/** The keys of one plugin's blobs. */
export interface BlobKeys {
  readonly address: Buffer;
  readonly content: Buffer;
}

/** @param databaseKey the first key of the plugin's database, 64 hex digits: blobs keep theirs when the database gets another */
export function blobKeys(databaseKey: string): BlobKeys {
  const secret = Buffer.from(databaseKey, 'hex');
  const derive = (what: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', `aico/v1/blob/${what}`, 32));
  try {
    return { address: derive('address'), content: derive('content') };
  } finally {
    secret.fill(0);
  }
}

export function forgetBlobKeys({ address, content }: BlobKeys): void {
  address.fill(0);
  content.fill(0);
}

/** The opening of a new file. */
export function newOpening(): Buffer {
  return Buffer.concat([MAGIC, Buffer.of(FORMAT), randomBytes(SALT_BYTES)]);
}

/** The key of the file with this opening. */
export function fileKeyOf({ content }: BlobKeys, opening: Uint8Array): Buffer {
  const salt = opening.subarray(MAGIC.length + 1, OPENING_BYTES);
  return Buffer.from(hkdfSync('sha256', content, salt, 'aico/v1/blob/file', 32));
}

/** Bytes of the file of a blob. */
export function fileBytesOf(size: number): number {
  return BODY_AT + size + Math.ceil(size / CHUNK_BYTES) * TAG_BYTES;
}

/** Bytes of the blob of a file, as its length says. */
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

/** Opening and head of a file. */
export function encodeHead(key: Buffer, opening: Uint8Array, id: string, size: number): Buffer {
  const head = Buffer.alloc(ID_BYTES + 8);
  head.write(id, 'hex');
  head.writeBigUInt64BE(BigInt(size), ID_BYTES);
  return Buffer.concat([opening, seal(key, nonceOf(OF_HEAD, 0), head, opening)]);
}

/** The key and the head of a file that begins with these bytes; a text says why there is none. */
export function decodeHead(
  keys: BlobKeys,
  bytes: Uint8Array,
): { readonly key: Buffer; readonly id: string; readonly size: number } | string {
  if (bytes.length < BODY_AT || !MAGIC.equals(bytes.subarray(0, MAGIC.length))) return 'it is cut, or no blob';
  if (bytes[MAGIC.length] !== FORMAT) return `it has form ${bytes[MAGIC.length]}, which is not known`;
  const opening = bytes.subarray(0, OPENING_BYTES);
  const key = fileKeyOf(keys, opening);
  const head = open(key, nonceOf(OF_HEAD, 0), bytes.subarray(OPENING_BYTES, BODY_AT), opening);
  if (head === undefined) return "its head was changed, or is of another vault's";
  return { key, id: head.toString('hex', 0, ID_BYTES), size: Number(head.readBigUInt64BE(ID_BYTES)) };
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
