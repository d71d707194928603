import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';

export const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The two halves of an Ed25519 key (RFC 8032, 5.1.5). */
export interface Ed25519Pair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Seed and public key, 64 bytes. */
  readonly secretKey: Uint8Array;
}

/** A pair from the system's randomness. */
export function createEd25519Pair(): Ed25519Pair {
  return pairOf(generateKeyPairSync('ed25519').privateKey);
}

/** The pair that a seed of 32 bytes makes. */
export function ed25519PairOf(seed: Uint8Array): Ed25519Pair {
  return pairOf(privateKeyOf(seed));
}

/** Signs, 64 bytes. */
export function ed25519Sign(message: Uint8Array, { secretKey }: Ed25519Pair): Uint8Array {
  return sign(null, message, privateKeyOf(secretKey.subarray(0, SEED_BYTES)));
}

/** Whether a signature is this key's. One of another length, or in another than its one form (S + L for S), is nobody's. */
export function ed25519Verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false;
  const x = Buffer.from(publicKey).toString('base64url');
  return verify(null, message, createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } }), signature);
}

/** PKCS #8 around a seed (RFC 8410, 7), which needs no public key beside it as a JWK does. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.concat([PKCS8_HEAD, seed]) });
}

function pairOf(key: KeyObject): Ed25519Pair {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  const publicKey = Uint8Array.from(Buffer.from(x, 'base64url'));
  return { publicKey, secretKey: Uint8Array.from(Buffer.concat([Buffer.from(d, 'base64url'), publicKey])) };
}
