import { createHash } from 'node:crypto';
import { AicoError } from '@aico/sdk';
import { KEY_BYTES, LEAST_MEMORY_KIB, LEAST_PASSES, MOST_LANES, MOST_MEMORY_KIB, MOST_PASSES } from './password-key.ts';
import { FORMAT, SALT_BYTES, type VaultFile } from './vault-file.ts';

export const VAULT_FILE = 'vault.json';
const SEALED_KEY_BYTES = 12 + KEY_BYTES + 16;

/**
 * Limits on parameters that are read back: below is weak; above is what no machine is tuned to, and a way to exhaust one
 * with a file that somebody else made.
 */
export interface KdfLimits {
  readonly leastMemoryKib: number;
  readonly leastPasses: number;
}

export const KDF_LIMITS: KdfLimits = { leastMemoryKib: LEAST_MEMORY_KIB, leastPasses: LEAST_PASSES };

type Unknown = Readonly<Record<string, unknown>>;

/** The bytes of the file, with a checksum so that damage is not taken for a wrong password. */
export function serializeVaultFile(file: VaultFile): Buffer {
  return Buffer.from(`${JSON.stringify({ ...file, checksum: checksumOf(file) }, undefined, 2)}\n`);
}

/** Reads the bytes of a vault file, which anybody may have made. @throws AicoError VAULT_DAMAGED, VAULT_NEWER */
export function parseVaultFile(bytes: Uint8Array, limits: KdfLimits = KDF_LIMITS): VaultFile {
  const { checksum, ...file } = parseObject(bytes);
  const { format, id, createdAt, wraps, device } = file;
  if (typeof format === 'number' && format > FORMAT)
    throw new AicoError('VAULT_NEWER', { subject: VAULT_FILE, details: { found: format, known: FORMAT } });
  if (!isWithin(format, 1, FORMAT)) throw damaged('it has no known format');
  if (checksum !== checksumOf(file)) throw damaged('its checksum does not match');
  if (typeof id !== 'string' || typeof createdAt !== 'string') throw damaged('it does not say whose it is');
  if (!Array.isArray(wraps) || wraps.length < 1 || wraps.length > 2) throw damaged('it names no way to open it');
  const kinds = ['password', 'recovery'];
  const all = (wraps as unknown[]).map(recordOf);
  if (!all.every((wrap, at) => wrap['kind'] === kinds[at] && isCipher(wrap)))
    throw damaged('it names an unknown cipher');
  if (device !== undefined && !(isCipher(recordOf(device)) && isSealedKey(recordOf(device))))
    throw damaged('it names an unknown cipher');
  if (!all.every((wrap) => isSealedKey(wrap) && isSound(recordOf(wrap['kdf']), limits)))
    throw damaged('its key parameters are out of range');
  return file as unknown as VaultFile;
}

function isSound(kdf: Unknown, { leastMemoryKib, leastPasses }: KdfLimits): boolean {
  return (
    kdf['algorithm'] === 'argon2id' &&
    kdf['version'] === 19 &&
    isWithin(kdf['memoryKib'], leastMemoryKib, MOST_MEMORY_KIB) &&
    isWithin(kdf['passes'], leastPasses, MOST_PASSES) &&
    isWithin(kdf['lanes'], 1, MOST_LANES) &&
    bytesOf(kdf['salt']) === SALT_BYTES
  );
}

function isCipher({ cipher }: Unknown): boolean {
  return cipher === 'aes-256-gcm';
}

function isSealedKey({ key }: Unknown): boolean {
  return bytesOf(key) === SEALED_KEY_BYTES;
}

function bytesOf(base64: unknown): number {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64').length : 0;
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function checksumOf(file: object): string {
  return createHash('sha256').update(JSON.stringify(file)).digest('hex');
}

function parseObject(bytes: Uint8Array): Unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged('it is cut or not JSON');
  }
  if (!isRecord(value)) throw damaged('it is not an object');
  return value;
}

function recordOf(value: unknown): Unknown {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(problem: string): AicoError {
  return new AicoError('VAULT_DAMAGED', { subject: VAULT_FILE, details: { problem } });
}
