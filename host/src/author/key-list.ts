import { existsSync } from 'node:fs';
import { formatTrustStore, readTrustStore, type TrustedKey, type TrustStore } from '@aico/registry';
import { AicoError } from '@aico/schemas';
import { writeFileAtomically } from '../state/atomic-file.ts';

/** So much of a fingerprint names a key, as long as no other begins like it. */
const SHORTEST_FINGERPRINT = 8;

/** The keys that this build came with, and those of its user. */
export interface KnownKeys {
  readonly build: TrustStore;
  readonly own: TrustStore;
}

/** @throws AicoError REGISTRY_TRUST_INVALID */
export async function readKeys(buildFile: string, userFile: string): Promise<KnownKeys> {
  const own = existsSync(userFile) ? await readTrustStore(userFile) : new Map<string, TrustedKey>();
  return { build: await readTrustStore(buildFile), own };
}

/**
 * Writes down that a key vouches for nothing any more; who watches the file stops its plugins at once.
 * @param fingerprint whole, or its beginning
 * @throws AicoError HOST_KEY_UNKNOWN, HOST_KEY_BUILT_IN
 */
export async function revokeKey(userFile: string, { build, own }: KnownKeys, fingerprint: string): Promise<TrustedKey> {
  const key = findKey([...build.values(), ...own.values()], fingerprint.toLowerCase());
  // All that AICO itself is made of would stop, and nothing would be left to take it back with.
  if (build.has(key.keyId)) throw new AicoError('HOST_KEY_BUILT_IN', { subject: key.name });
  const revoked = { ...key, revoked: true };
  await writeFileAtomically(userFile, formatTrustStore(new Map([...own, [key.keyId, revoked]]).values()));
  return revoked;
}

function findKey(keys: readonly TrustedKey[], fingerprint: string): TrustedKey {
  const found = keys.filter(({ keyId }) => keyId.startsWith(fingerprint));
  const [key] = found;
  const isOne = new Set(found.map(({ keyId }) => keyId)).size === 1;
  if (key === undefined || !isOne || fingerprint.length < SHORTEST_FINGERPRINT)
    throw new AicoError('HOST_KEY_UNKNOWN', { subject: fingerprint });
  return key;
}
