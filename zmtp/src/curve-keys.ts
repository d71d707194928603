import { Buffer } from 'node:buffer';
import { hsalsa20 } from './hsalsa20.ts';
import { sodium } from './sodium.ts';

export const KEY_BYTES = 32;
export const MAC_BYTES = 16;
export const NONCE_BYTES = 24;

/** A pair of X25519 keys. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** Makes a pair of keys from the system's randomness. */
export function createKeys(): KeyPair {
  const publicKey = new Uint8Array(KEY_BYTES);
  const secretKey = new Uint8Array(KEY_BYTES);
  sodium().crypto_box_keypair(publicKey, secretKey);
  return { publicKey, secretKey };
}

/** The system's randomness, without Node's crypto, which takes as long to load as all the rest of a handshake. */
export function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  sodium().randombytes_buf(bytes.buffer, bytes.byteOffset, count);
  return bytes;
}

/** Whether bytes are the same, in constant time. */
export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && sodium().sodium_memcmp(one, other);
}

/** NaCl's box: message → MAC and ciphertext. */
export function seal(message: Uint8Array, nonce: Uint8Array, publicKey: Uint8Array, secretKey: Uint8Array): Buffer {
  const box = Buffer.alloc(message.length + MAC_BYTES);
  if (sodium().crypto_box_easy(box, message, nonce, publicKey, secretKey) !== 0) throw new Error('a weak key');
  return box;
}

/** Opens a box; undefined when it is not what its sender with that key made. */
export function open(
  box: Uint8Array,
  nonce: Uint8Array,
  publicKey: Uint8Array,
  secretKey: Uint8Array,
): Buffer | undefined {
  if (box.length < MAC_BYTES) return undefined;
  const message = Buffer.alloc(box.length - MAC_BYTES);
  return sodium().crypto_box_open_easy(message, box, nonce, publicKey, secretKey) ? message : undefined;
}

/** The key that two sides share: each needs its own secret and the other's public key. */
export function sharedKey(publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const shared = new Uint8Array(KEY_BYTES);
  if (sodium().crypto_scalarmult(shared, secretKey, publicKey) !== 0) throw new Error('a weak key');
  const key = hsalsa20(shared);
  shared.fill(0);
  return key;
}

/** A nonce made of a fixed text and a number (8 bytes) or random bytes (16). */
export function nonceOf(prefix: string, rest: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(prefix, 'latin1'), rest]);
}
