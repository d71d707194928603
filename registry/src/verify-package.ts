import type { VerifiedPackage } from '@aico/kernel/contracts';
import { AicoError, type DsseEnvelope, explain, type Manifest, type PackageStatement, validators } from '@aico/schemas';
import { canonicalJson, sameBytes, sha256 } from './digest.ts';
import { decodeBase64, isSignedBy } from './dsse.ts';
import { printable } from './entry-name.ts';
import { parseManifest } from './manifest.ts';
import { MANIFEST_FILE, type PackageFiles, SIGNATURE_FILE } from './package-files.ts';
import { keyIdOf } from './signing-key.ts';
import { createStatement } from './statement.ts';
import type { TrustedKey, TrustStore } from './trust-store.ts';

/**
 * Checks that a trusted key signed exactly these files, both ways: each file that it lists is there and unaltered, and no
 * file is there that it does not list. The signature is checked before anything that it covers is parsed.
 * @throws AicoError REGISTRY_UNSIGNED, REGISTRY_SIGNATURE_INVALID, REGISTRY_SIGNER_UNKNOWN, REGISTRY_SIGNER_REVOKED,
 * REGISTRY_FILE_ALTERED, REGISTRY_FILE_MISSING, REGISTRY_FILE_UNLISTED, REGISTRY_MANIFEST_INVALID, REGISTRY_TIER_NOT_ALLOWED
 */
export function verifyPackage(files: PackageFiles, trust: TrustStore, subject: string): VerifiedPackage {
  const signature = files.get(SIGNATURE_FILE);
  if (signature === undefined) throw new AicoError('REGISTRY_UNSIGNED', { subject, details: { file: SIGNATURE_FILE } });
  const envelope = parseEnvelope(signature, subject);
  const payload = decodeBase64(envelope.payload);
  if (payload === undefined) throw invalid(subject, 'its payload is not base64');
  const signers = verifySigners(envelope, payload, trust, subject);
  const statement = parseCanonical<PackageStatement>(payload, 'signature#PackageStatement', subject);
  compareFiles(files, statement, subject);
  const manifest = readManifest(files, subject);
  if (!sameBytes(canonicalJson(createStatement(manifest, files)), payload)) {
    throw invalid(subject, `it speaks of another manifest, of ${statement.id} ${statement.version}`);
  }
  const signer = signers.find(({ tiers }) => tiers.includes(manifest.tier));
  if (signer === undefined) {
    const details = { tier: manifest.tier, signer: signers.map(({ name }) => name).join(', ') };
    throw new AicoError('REGISTRY_TIER_NOT_ALLOWED', { subject, details });
  }
  const { keyId, name, tiers } = signer;
  return { manifest, files, signer: { keyId, name, tiers }, tier: manifest.tier, digest: sha256(payload) };
}

/**
 * The keys that a package says it was signed with, for asking about one that nobody knows yet. Each is the key of its id;
 * whether it made the signature is for `verifyPackage` to tell.
 * @throws AicoError REGISTRY_UNSIGNED, REGISTRY_SIGNATURE_INVALID
 */
export function offeredKeys(files: PackageFiles, subject: string): Pick<TrustedKey, 'keyId' | 'publicKey'>[] {
  const signature = files.get(SIGNATURE_FILE);
  if (signature === undefined) throw new AicoError('REGISTRY_UNSIGNED', { subject, details: { file: SIGNATURE_FILE } });
  return parseEnvelope(signature, subject).signatures.flatMap(({ keyid: keyId, publicKey: text }) => {
    const publicKey = text === undefined ? undefined : decodeBase64(text);
    return publicKey === undefined ? [] : [{ keyId, publicKey }];
  });
}

/** An envelope whose keys are the ones that it names, so that no byte of it can be another. */
function parseEnvelope(bytes: Uint8Array, subject: string): DsseEnvelope {
  const envelope = parseCanonical<DsseEnvelope>(bytes, 'signature#DsseEnvelope', subject);
  for (const { keyid: keyId, publicKey: text } of envelope.signatures) {
    if (text === undefined) continue;
    const publicKey = decodeBase64(text);
    if (publicKey === undefined) throw invalid(subject, 'its public key is not base64');
    if (keyIdOf(publicKey) !== keyId) throw invalid(subject, `it names the key ${keyId} and brings another`);
  }
  return envelope;
}

/** Every signature by a known key has to hold; those of unknown keys say nothing, and one known key is needed. */
function verifySigners(envelope: DsseEnvelope, payload: Uint8Array, trust: TrustStore, subject: string): TrustedKey[] {
  const signers = envelope.signatures.flatMap(({ keyid: keyId, sig }) => {
    const key = trust.get(keyId);
    if (key === undefined) return [];
    const signature = decodeBase64(sig);
    if (signature === undefined || !isSignedBy(payload, signature, key.publicKey)) {
      throw invalid(subject, `it was not made by the key of ${key.name}`);
    }
    if (key.revoked) throw new AicoError('REGISTRY_SIGNER_REVOKED', { subject, details: { keyId, signer: key.name } });
    return [key];
  });
  if (signers.length > 0) return signers;
  const keyId = envelope.signatures.map(({ keyid }) => keyid).join(', ');
  throw new AicoError('REGISTRY_SIGNER_UNKNOWN', { subject, details: { keyId } });
}

function compareFiles(files: PackageFiles, statement: PackageStatement, subject: string): void {
  const listed = new Map(Object.entries(statement.files));
  for (const [name, digest] of listed) {
    const bytes = files.get(name);
    const file = printable(name);
    if (bytes === undefined) throw new AicoError('REGISTRY_FILE_MISSING', { subject, details: { file } });
    if (sha256(bytes) !== digest) throw new AicoError('REGISTRY_FILE_ALTERED', { subject, details: { file } });
  }
  for (const name of files.keys()) {
    if (name === SIGNATURE_FILE || listed.has(name)) continue;
    throw new AicoError('REGISTRY_FILE_UNLISTED', { subject, details: { file: printable(name) } });
  }
}

function readManifest(files: PackageFiles, subject: string): Manifest {
  const bytes = files.get(MANIFEST_FILE);
  if (bytes === undefined) throw new AicoError('REGISTRY_FILE_MISSING', { subject, details: { file: MANIFEST_FILE } });
  const manifest = parseManifest(bytes, subject);
  if (!files.has(manifest.main))
    throw new AicoError('REGISTRY_FILE_MISSING', { subject, details: { file: manifest.main } });
  return manifest;
}

/** JSON that fits its schema and is written in its one canonical form, so that no second text says the same. */
function parseCanonical<T>(
  bytes: Uint8Array,
  schema: 'signature#DsseEnvelope' | 'signature#PackageStatement',
  subject: string,
): T {
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid(subject, 'it is not JSON in UTF-8', cause);
  }
  const validate = validators[schema];
  if (!validate(data)) throw invalid(subject, explain(validate).sentence);
  if (!sameBytes(canonicalJson(data), bytes)) throw invalid(subject, 'it is not in canonical form');
  return data as T;
}

function invalid(subject: string, problem: string, cause?: unknown): AicoError {
  return new AicoError('REGISTRY_SIGNATURE_INVALID', { subject, details: { file: SIGNATURE_FILE, problem }, cause });
}
