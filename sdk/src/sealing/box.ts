import { Buffer } from 'node:buffer';
import { nodeCrypto } from './node-crypto.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A sealed text: both parts in base64. */
export interface Box {
  readonly nonce: string;
  /** Ciphertext, then the tag. */
  readonly box: string;
}

/** Seals a text (AES-256-GCM, a random nonce). It opens only with the same context: where, by whom, in answer to what. */
export function sealText(key: Uint8Array, text: string, context: readonly unknown[]): Box {
  const { createCipheriv, randomBytes } = nodeCrypto();
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(bytesOf(context));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { nonce: nonce.toString('base64'), box: sealed.toString('base64') };
}

/** The text, or undefined when key, context or a single bit differ. */
export function openText(key: Uint8Array, { nonce, box }: Box, context: readonly unknown[]): string | undefined {
  const iv = Buffer.from(nonce, 'base64');
  const sealed = Buffer.from(box, 'base64');
  if (iv.length !== NONCE_BYTES || sealed.length < TAG_BYTES) return undefined;
  const decipher = nodeCrypto()
    .createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
    .setAAD(bytesOf(context));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function bytesOf(context: readonly unknown[]): Buffer {
  return Buffer.from(JSON.stringify(context));
}
