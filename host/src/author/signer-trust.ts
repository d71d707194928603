import { existsSync } from 'node:fs';
import {
  formatTrustStore,
  offeredKeys,
  readPackage,
  readTrustStore,
  type TrustedKey,
  type TrustStore,
  trustKey,
  verifyPackage,
} from '@aico/registry';
import { isAicoError, type Manifest } from '@aico/schemas';
import { writeFileAtomically } from '../state/atomic-file.ts';

const MAX_AUTHOR_CHARACTERS = 60;

/** A whole package whose signer is not trusted yet; everything that can be checked of it was. */
export interface UnknownSigner {
  readonly manifest: Manifest;
  /** Good for isolated plugins alone: the other tier is for the owner of the machine to write down. */
  readonly key: TrustedKey;
  /** Why it is refused as things are. */
  readonly refusal: Error;
}

/**
 * Looks whether a package would be taken: undefined when it would, its signer when trust in an isolated plugin's key is
 * all that it lacks.
 * @throws AicoError REGISTRY_…, why it would never be taken
 */
export function judgeSigner(bytes: Uint8Array, trust: TrustStore, subject: string): UnknownSigner | undefined {
  const files = readPackage(bytes, subject);
  try {
    verifyPackage(files, trust, subject);
    return undefined;
  } catch (error) {
    if (!isAicoError(error) || error.code !== 'REGISTRY_SIGNER_UNKNOWN') throw error;
    const [offered] = offeredKeys(files, subject);
    if (offered === undefined) throw error;
    const asked = trustKey(offered, offered.keyId, ['isolated']);
    const { manifest } = verifyPackage(files, new Map([...trust, [asked.keyId, asked]]), subject);
    const name = `${manifest.author.slice(0, MAX_AUTHOR_CHARACTERS)} (${offered.keyId.slice(0, 8)})`;
    return { manifest, key: { ...asked, name }, refusal: error };
  }
}

/** Writes down that the user trusts a key. @throws AicoError REGISTRY_TRUST_INVALID */
export async function rememberKey(trustFile: string, key: TrustedKey): Promise<void> {
  const known = existsSync(trustFile) ? await readTrustStore(trustFile) : new Map<string, TrustedKey>();
  await writeFileAtomically(trustFile, formatTrustStore([...known.values(), key]));
}
