import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { canonical } from './canonical.ts';
import type { Link } from './link.ts';

/** What comes before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Checkpoint: the chain up to here is as it was. Cut: what was before was removed for its age. */
export type Statement = 'checkpoint' | 'cut';

export interface Signed extends Pick<Link, 'number' | 'hash'> {
  readonly time: string;
  /** Ed25519, base64. */
  readonly signature: string;
}

/** Signs how far the chain went. One signature cannot stand for the other statement. */
export interface Signer {
  sign(statement: Statement, at: Omit<Signed, 'signature'>): Signed;
  isGenuine(statement: Statement, signed: Signed): boolean;
}

/** @param seed 32 bytes in hex, which the vault derives for this alone */
export function createSigner(seed: string): Signer {
  const der = Buffer.concat([PKCS8_HEAD, Buffer.from(seed, 'hex')]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const publicKey = createPublicKey(key);
  const bytesOf = (statement: Statement, { number, hash, time }: Omit<Signed, 'signature'>): Buffer =>
    Buffer.from(canonical({ what: `aico/audit/${statement}/v1`, number, hash, time }));
  return {
    sign: (statement, at) => ({
      ...at,
      signature: sign(undefined, bytesOf(statement, at), key).toString('base64'),
    }),
    isGenuine: (statement, signed) =>
      verify(undefined, bytesOf(statement, signed), publicKey, Buffer.from(signed.signature, 'base64')),
  };
}
