import { readFile } from 'node:fs/promises';
import { AicoError, explain, type Manifest, type TrustStore as TrustStoreFile, validators } from '@aico/schemas';
import { decodeBase64, encodeBase64 } from './dsse.ts';
import { keyIdOf, type SigningKey } from './signing-key.ts';

/** A plugin's tier. */
export type Tier = Manifest['tier'];

/** A key that vouches for plugins of some tiers, or, revoked, for none. */
export interface TrustedKey {
  readonly keyId: string;
  readonly publicKey: Uint8Array;
  readonly name: string;
  readonly tiers: readonly Tier[];
  readonly revoked: boolean;
}

/** The keys that this installation knows, by their id. */
export type TrustStore = ReadonlyMap<string, TrustedKey>;

/** The entry that makes a key trusted. */
export function trustKey(
  key: Pick<SigningKey, 'keyId' | 'publicKey'>,
  name: string,
  tiers: readonly Tier[],
): TrustedKey {
  return { keyId: key.keyId, publicKey: key.publicKey, name, tiers, revoked: false };
}

/** Joins stores. A key of several is good for the tiers of all of them, and revoked when one says so. */
export function combineTrust(...stores: readonly Iterable<TrustedKey>[]): TrustStore {
  const combined = new Map<string, TrustedKey>();
  for (const key of stores.flatMap((store) => [...store])) {
    const other = combined.get(key.keyId);
    const tiers = [...new Set([...(other?.tiers ?? []), ...key.tiers])];
    combined.set(key.keyId, { ...key, tiers, revoked: key.revoked || other?.revoked === true });
  }
  return combined;
}

/** Reads a trust store file. @throws AicoError REGISTRY_TRUST_INVALID; an unreadable store trusts nothing. */
export async function readTrustStore(path: string): Promise<TrustStore> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw invalid(path, 'it cannot be read', cause);
  }
  return parseTrustStore(text, path);
}

/** Parses the text of a trust store file; `subject` names it in errors. @throws AicoError REGISTRY_TRUST_INVALID */
export function parseTrustStore(text: string, subject: string): TrustStore {
  const keys = parseFile(text, subject).keys.map(({ keyId, publicKey, name, tiers, revoked = false }): TrustedKey => {
    const bytes = decodeBase64(publicKey);
    if (bytes === undefined || keyIdOf(bytes) !== keyId)
      throw invalid(subject, `the key ${keyId} is not the one of its id`);
    return { keyId, publicKey: bytes, name, tiers, revoked };
  });
  return combineTrust(keys);
}

/** The text of a trust store file. */
export function formatTrustStore(keys: Iterable<TrustedKey>): string {
  const file: TrustStoreFile = {
    format: 1,
    keys: [...keys].map(({ keyId, publicKey, name, tiers, revoked }) => ({
      keyId,
      publicKey: encodeBase64(publicKey),
      name,
      tiers: [...tiers],
      ...(revoked ? { revoked } : {}),
    })),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function parseFile(text: string, subject: string): TrustStoreFile {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw invalid(subject, 'it is not JSON', cause);
  }
  const validate = validators['signature#TrustStore'];
  if (!validate(data)) throw invalid(subject, explain(validate).sentence);
  return data;
}

function invalid(subject: string, problem: string, cause?: unknown): AicoError {
  return new AicoError('REGISTRY_TRUST_INVALID', { subject, details: { problem }, cause });
}
