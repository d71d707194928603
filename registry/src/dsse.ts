import type { DsseEnvelope } from '@aico/schemas';
import { ed25519Sign, ed25519Verify } from './ed25519.ts';
import type { SigningKey } from './signing-key.ts';

export const PAYLOAD_TYPE = 'application/vnd.aico.package+json';

/** Pre-authentication encoding of DSSE 1.0: what is signed, so that a payload cannot pass for one of another type. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/** Signs a payload. */
export function signPayload(payload: Uint8Array, key: SigningKey): DsseEnvelope {
  const signature = ed25519Sign(preAuthenticationEncoding(PAYLOAD_TYPE, payload), key);
  return {
    payloadType: PAYLOAD_TYPE,
    payload: encodeBase64(payload),
    signatures: [{ keyid: key.keyId, sig: encodeBase64(signature), publicKey: encodeBase64(key.publicKey) }],
  };
}

/** Whether a signature is this key's over this payload. */
export function isSignedBy(payload: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  return ed25519Verify(preAuthenticationEncoding(PAYLOAD_TYPE, payload), signature, publicKey);
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Decodes base64, or answers undefined where the text is not the one form that encodes its bytes. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return encodeBase64(bytes) === text ? Uint8Array.from(bytes) : undefined;
}
