import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Bytes of a chunk's name. */
export const NAME_BYTES = 16;
const PLAIN = 0;
const ZSTD = 1;

/** The keys of one vault's backups. */
export interface BackupKeys {
  readonly name: Buffer;
  readonly content: Buffer;
}

/**
 * @param key the vault's key for backups, 64 hex digits
 * @param epoch the secret of an epoch, without which the vault's key opens nothing of it
 */
export function backupKeys(key: string, epoch: Uint8Array = new Uint8Array()): BackupKeys {
  const secret = Buffer.from(key, 'hex');
  const derive = (what: string): Buffer => Buffer.from(hkdfSync('sha256', secret, epoch, `aico/backup/v1/${what}`, 32));
  try {
    return { name: derive('name'), content: derive('content') };
  } finally {
    secret.fill(0);
  }
}

/** Forgets keys. */
export function forgetKeys({ name, content }: BackupKeys): void {
  name.fill(0);
  content.fill(0);
}

/** What the same content is called in every backup of a vault. Without the key the name says nothing of the content. */
export function chunkName(keys: BackupKeys, content: Uint8Array): Buffer {
  return createHmac('sha256', keys.name).update(content).digest().subarray(0, NAME_BYTES);
}

/**
 * Compresses, where that helps, and encrypts, bound to a context: nonce, ciphertext, tag (AES-256-GCM).
 * @param isNoise whether compressing is not worth a try, since the content is encrypted
 */
export function sealBytes(keys: BackupKeys, content: Uint8Array, context: Uint8Array, isNoise = false): Buffer {
  const packed = isNoise ? content : zstdCompressSync(content);
  const [method, body] = packed.length < content.length ? [ZSTD, packed] : [PLAIN, content];
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keys.content, nonce, { authTagLength: TAG_BYTES }).setAAD(context);
  return Buffer.concat([
    nonce,
    cipher.update(Buffer.of(method)),
    cipher.update(body),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** What was sealed, or undefined when the key, the context or the bytes are others, or it is more than `mostBytes`. */
export function openBytes(
  keys: BackupKeys,
  sealed: Uint8Array,
  context: Uint8Array,
  mostBytes: number,
): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + 1 + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, keys.content, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(context).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const plain = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    const body = plain.subarray(1);
    if (plain[0] === ZSTD) return zstdDecompressSync(body, { maxOutputLength: mostBytes });
    return plain[0] === PLAIN && body.length <= mostBytes ? body : undefined;
  } catch {
    return undefined;
  }
}
