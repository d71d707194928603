import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { AicoError } from '@aico/sdk';
import { open, seal } from './key-tree.ts';
import { derivePasswordKey, type KdfParameters, KEY_BYTES, LEAST_MEMORY_KIB } from './password-key.ts';

export const VAULT_FILE = 'vault.json';
/** 2 says that there is a recovery code, which older versions would drop; without one the file stays readable for them. */
const FORMAT = 2;
const FORMAT_WITHOUT_RECOVERY = 1;
/** Part of what each wrap authenticates; wraps did not change since. */
const WRAP_FORMAT = 1;
const SALT_BYTES = 16;
const SEALED_KEY_BYTES = 12 + KEY_BYTES + 16;

/** One way to the data key: a key made from something that the user has, and the data key sealed with it. */
export interface Wrap {
  readonly kind: 'password' | 'recovery';
  readonly kdf: KdfParameters & { readonly algorithm: 'argon2id'; readonly version: 19; readonly salt: string };
  readonly cipher: 'aes-256-gcm';
  /** Base64: nonce, sealed data key, tag. */
  readonly key: string;
}

/** What vault.json holds. Nothing in it is secret without a password. */
export interface VaultFile {
  readonly format: typeof FORMAT | typeof FORMAT_WITHOUT_RECOVERY;
  readonly id: string;
  readonly createdAt: string;
  /** By the password, and by the recovery code where there is one. */
  readonly wraps: readonly [Wrap, Wrap?];
}

/** Limits on parameters that are read back: below is weak, above is a way to exhaust the machine. */
export interface KdfLimits {
  readonly leastMemoryKib: number;
}

export const KDF_LIMITS: KdfLimits = { leastMemoryKib: LEAST_MEMORY_KIB };
const MOST_MEMORY_KIB = 4 * 1024 * 1024;
const MOST_PASSES = 1000;
const MOST_LANES = 255;

/** A vault around a data key. */
export async function createVaultFile(
  dataKey: Uint8Array,
  password: string,
  parameters: KdfParameters,
  now: Date,
): Promise<VaultFile> {
  const id = randomUUID();
  return {
    format: FORMAT_WITHOUT_RECOVERY,
    id,
    createdAt: now.toISOString(),
    wraps: [await wrapDataKey('password', id, dataKey, password, parameters)],
  };
}

/** The same vault, opened by another password; its recovery code stays. */
export async function rewrap(file: VaultFile, dataKey: Uint8Array, password: string): Promise<VaultFile> {
  const [{ kdf }, recovery] = file.wraps;
  const wrap = await wrapDataKey('password', file.id, dataKey, password, kdf);
  return { ...file, wraps: recovery === undefined ? [wrap] : [wrap, recovery] };
}

/** The same vault, opened by a recovery code, too, in the place of the one before. */
export async function withRecovery(file: VaultFile, dataKey: Uint8Array, code: string): Promise<VaultFile> {
  const [password] = file.wraps;
  const recovery = await wrapDataKey('recovery', file.id, dataKey, code, password.kdf);
  return { ...file, format: FORMAT, wraps: [password, recovery] };
}

/** The data key, or undefined when the password or code is not the one; both take the same work. */
export async function unwrapDataKey(
  file: VaultFile,
  password: string,
  kind: Wrap['kind'] = 'password',
): Promise<Buffer | undefined> {
  const wrap = kind === 'password' ? file.wraps[0] : (file.wraps[1] ?? withoutKey(file.wraps[0]));
  const key = await derivePasswordKey(password, Buffer.from(wrap.kdf.salt, 'base64'), wrap.kdf);
  try {
    return open(key, Buffer.from(wrap.key, 'base64'), wrapContext(file.id, wrap));
  } finally {
    key.fill(0);
  }
}

/** Where there is no recovery code, trying one takes the same work and opens nothing. */
function withoutKey(wrap: Wrap): Wrap {
  return { ...wrap, kind: 'recovery' };
}

/** The bytes of the file, with a checksum so that damage is not taken for a wrong password. */
export function serializeVaultFile(file: VaultFile): Buffer {
  return Buffer.from(`${JSON.stringify({ ...file, checksum: checksumOf(file) }, undefined, 2)}\n`);
}

/** Reads the bytes of a vault file. @throws AicoError VAULT_DAMAGED, VAULT_NEWER */
export function parseVaultFile(bytes: Uint8Array, limits: KdfLimits = KDF_LIMITS): VaultFile {
  const { checksum, ...rest } = parseObject(bytes);
  if (typeof rest['format'] === 'number' && rest['format'] > FORMAT)
    throw new AicoError('VAULT_NEWER', { subject: VAULT_FILE, details: { found: rest['format'], known: FORMAT } });
  if (rest['format'] !== FORMAT && rest['format'] !== FORMAT_WITHOUT_RECOVERY) throw damaged('it has no known format');
  const file = rest as unknown as VaultFile;
  if (checksum !== checksumOf(file)) throw damaged('its checksum does not match');
  const [wrap, recovery] = file.wraps;
  const known = wrap?.kind === 'password' && (recovery === undefined || recovery.kind === 'recovery');
  const wraps = [wrap, ...(recovery === undefined ? [] : [recovery])];
  if (!known || wraps.some(({ cipher }) => cipher !== 'aes-256-gcm')) throw damaged('it names an unknown cipher');
  if (!wraps.every((each) => isSound(each, limits))) throw damaged('its key parameters are out of range');
  return file;
}

async function wrapDataKey(
  kind: Wrap['kind'],
  id: string,
  dataKey: Uint8Array,
  password: string,
  { memoryKib, passes, lanes }: KdfParameters,
): Promise<Wrap> {
  const salt = randomBytes(SALT_BYTES);
  const head = {
    kind,
    kdf: { algorithm: 'argon2id', version: 19, memoryKib, passes, lanes, salt: salt.toString('base64') },
    cipher: 'aes-256-gcm',
  } as const;
  const key = await derivePasswordKey(password, salt, head.kdf);
  try {
    return { ...head, key: seal(key, dataKey, wrapContext(id, head)).toString('base64') };
  } finally {
    key.fill(0);
  }
}

/** What is authenticated beside the sealed key: everything that says how to open it. */
function wrapContext(id: string, { kind, kdf, cipher }: Omit<Wrap, 'key'>): Buffer {
  const { algorithm, version, memoryKib, passes, lanes, salt } = kdf;
  return Buffer.from(
    JSON.stringify([WRAP_FORMAT, id, kind, algorithm, version, memoryKib, passes, lanes, salt, cipher]),
  );
}

function isSound({ kdf, key }: Wrap, { leastMemoryKib }: KdfLimits): boolean {
  const within = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  return (
    kdf.algorithm === 'argon2id' &&
    kdf.version === 19 &&
    within(kdf.memoryKib, leastMemoryKib, MOST_MEMORY_KIB) &&
    within(kdf.passes, 1, MOST_PASSES) &&
    within(kdf.lanes, 1, MOST_LANES) &&
    Buffer.from(kdf.salt, 'base64').length === SALT_BYTES &&
    Buffer.from(key, 'base64').length === SEALED_KEY_BYTES
  );
}

function checksumOf(file: VaultFile): string {
  return createHash('sha256').update(JSON.stringify(file)).digest('hex');
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged('it is cut or not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged('it is not an object');
  return value as Record<string, unknown>;
}

function damaged(problem: string): AicoError {
  return new AicoError('VAULT_DAMAGED', { subject: VAULT_FILE, details: { problem } });
}
