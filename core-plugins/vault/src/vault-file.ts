import { randomBytes, randomUUID } from 'node:crypto';
import { open, seal } from './key-tree.ts';
import { derivePasswordKey, type KdfParameters, neverWeaker } from './password-key.ts';

/** 2 says that there is a recovery code, 3 that a device is remembered: older versions, which would drop it, refuse the file. */
export const FORMAT = 3;
const FORMAT_WITH_RECOVERY = 2;
const FORMAT_WITH_PASSWORD = 1;
/** Part of what each wrap authenticates; wraps did not change since. */
const WRAP_FORMAT = 1;
export const SALT_BYTES = 16;

/** One way to the data key: a key made from something that the user has, and the data key sealed with it. */
export interface Wrap {
  readonly kind: 'password' | 'recovery';
  readonly kdf: KdfParameters & { readonly algorithm: 'argon2id'; readonly version: 19; readonly salt: string };
  readonly cipher: 'aes-256-gcm';
  /** Base64: nonce, sealed data key, tag. */
  readonly key: string;
}

/** The data key sealed with a random key that the keyring of a device keeps. */
export interface DeviceWrap {
  readonly cipher: 'aes-256-gcm';
  /** Base64: nonce, sealed data key, tag. */
  readonly key: string;
}

/** What vault.json holds. Nothing in it is secret without a password. */
export interface VaultFile {
  readonly format: typeof FORMAT | typeof FORMAT_WITH_RECOVERY | typeof FORMAT_WITH_PASSWORD;
  readonly id: string;
  readonly createdAt: string;
  /** By the password, and by the recovery code where there is one. */
  readonly wraps: readonly [Wrap, Wrap?];
  /** By the device that is remembered, where one is. */
  readonly device?: DeviceWrap;
}

/** A vault around a data key. */
export async function createVaultFile(
  dataKey: Uint8Array,
  password: string,
  parameters: KdfParameters,
  now: Date,
): Promise<VaultFile> {
  const id = randomUUID();
  const wraps = [await wrapDataKey('password', id, dataKey, password, parameters)] as const;
  return fileOf({ id, createdAt: now.toISOString(), wraps });
}

/**
 * The same vault, opened by another password; its recovery code stays, a remembered device is forgotten.
 * @param tuned what this machine is tuned to now: used unless it is weaker than what holds
 */
export async function rewrap(
  file: VaultFile,
  dataKey: Uint8Array,
  password: string,
  tuned: KdfParameters,
): Promise<VaultFile> {
  const [{ kdf }, recovery] = file.wraps;
  const wrap = await wrapDataKey('password', file.id, dataKey, password, neverWeaker(kdf, tuned));
  return withoutDevice({ ...file, wraps: recovery === undefined ? [wrap] : [wrap, recovery] });
}

/** The same vault, opened by a recovery code, too, in the place of the one before. */
export async function withRecovery(file: VaultFile, dataKey: Uint8Array, code: string): Promise<VaultFile> {
  const [password] = file.wraps;
  const recovery = await wrapDataKey('recovery', file.id, dataKey, code, password.kdf);
  return fileOf({ ...file, wraps: [password, recovery] });
}

/** The same vault, no longer opened by a recovery code. */
export function withoutRecovery({ wraps: [password], ...file }: VaultFile): VaultFile {
  return fileOf({ ...file, wraps: [password] });
}

/** The same vault, opened by the key of a device, too, in the place of the one before. */
export function withDevice(file: VaultFile, dataKey: Uint8Array, deviceKey: Uint8Array): VaultFile {
  const key = seal(deviceKey, dataKey, deviceContext(file.id)).toString('base64');
  return fileOf({ ...file, device: { cipher: 'aes-256-gcm', key } });
}

/** The same vault, no longer opened by a device. */
export function withoutDevice({ device: _, ...file }: VaultFile): VaultFile {
  return fileOf(file);
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

/** The data key by the key of a device, or undefined when it is of another time. */
export function unwrapByDevice({ id, device }: VaultFile, deviceKey: Uint8Array): Buffer | undefined {
  return device && open(deviceKey, Buffer.from(device.key, 'base64'), deviceContext(id));
}

/** Where there is no recovery code, trying one takes the same work and opens nothing. */
function withoutKey(wrap: Wrap): Wrap {
  return { ...wrap, kind: 'recovery' };
}

/** The lowest format that tells everything of the file. */
function fileOf({ id, createdAt, wraps, device }: Omit<VaultFile, 'format'>): VaultFile {
  if (device !== undefined) return { format: FORMAT, id, createdAt, wraps, device };
  return { format: wraps[1] === undefined ? FORMAT_WITH_PASSWORD : FORMAT_WITH_RECOVERY, id, createdAt, wraps };
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

function deviceContext(id: string): Buffer {
  return Buffer.from(JSON.stringify([WRAP_FORMAT, id, 'device']));
}
