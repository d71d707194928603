import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256, 64 hex digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** JSON in its one canonical form (RFC 8785), as UTF-8. Keys whose value is undefined are left out. */
export function canonicalJson(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('the value has no JSON form');
  return new TextEncoder().encode(text);
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
