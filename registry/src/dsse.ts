import type { DsseEnvelope } from '@aico/schemas';
import nacl from 'tweetnacl';
import type { SigningKey } from './signing-key.ts';

export const PAYLOAD_TYPE = 'application/vnd.aico.package+json';

/** The order of Ed25519's base point (RFC 8032, 5.1), little-endian. */
const ORDER = Uint8Array.from(Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex'));

/** Pre-authentication encoding of DSSE 1.0: what is signed, so that a payload cannot pass for one of another type. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/** Signs a payload. */
export function signPayload(payload: Uint8Array, key: SigningKey): DsseEnvelope {
  const signature = nacl.sign.detached(preAuthenticationEncoding(PAYLOAD_TYPE, payload), key.secretKey);
  return {
    payloadType: PAYLOAD_TYPE,
    payload: encodeBase64(payload),
    signatures: [{ keyid: key.keyId, sig: encodeBase64(signature), publicKey: encodeBase64(key.publicKey) }],
  };
}

/** Whether a signature is this key's over this payload. */
export function isSignedBy(payload: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== nacl.sign.signatureLength || publicKey.length !== nacl.sign.publicKeyLength) return false;
  // tweetnacl takes S + L for S; refused here, so that a signature has one form (RFC 8032, 5.1.7).
  if (!isBelowOrder(signature.subarray(32))) return false;
  return nacl.sign.detached.verify(preAuthenticationEncoding(PAYLOAD_TYPE, payload), signature, publicKey);
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Decodes base64, or answers undefined where the text is not the one form that encodes its bytes. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return encodeBase64(bytes) === text ? Uint8Array.from(bytes) : undefined;
}

function isBelowOrder(scalar: Uint8Array): boolean {
  for (let index = ORDER.length - 1; index >= 0; index--) {
    const difference = (scalar[index] ?? 0) - (ORDER[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
