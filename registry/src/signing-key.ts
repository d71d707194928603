import { timingSafeEqual } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { AicoError } from '@aico/schemas';
import { sha256 } from './digest.ts';
import { decodeBase64, encodeBase64 } from './dsse.ts';
import { createEd25519Pair, type Ed25519Pair, ed25519PairOf, SEED_BYTES } from './ed25519.ts';

const OTHERS = 0o077;
const SECRET_KEY_BYTES = 64;

/** A package author's key. */
export interface SigningKey extends Ed25519Pair {
  /** SHA-256 of the public key, hex. */
  readonly keyId: string;
}

/** Makes a key from the system's randomness. */
export function createSigningKey(): SigningKey {
  const pair = createEd25519Pair();
  return { keyId: keyIdOf(pair.publicKey), ...pair };
}

/** The id of a public key. */
export function keyIdOf(publicKey: Uint8Array): string {
  return sha256(publicKey);
}

/** Writes a key to a new file that its owner alone can read. @throws AicoError REGISTRY_KEY_INVALID */
export async function writeSigningKey(path: string, key: SigningKey): Promise<void> {
  const text = JSON.stringify({ format: 1, keyId: key.keyId, secretKey: encodeBase64(key.secretKey) }, undefined, 2);
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(`${text}\n`);
    await file.sync();
  } catch (cause) {
    throw invalid(path, 'it could not be written', cause);
  }
}

/** Reads a key. @throws AicoError REGISTRY_KEY_EXPOSED when others can read the file, REGISTRY_KEY_INVALID */
export async function readSigningKey(path: string): Promise<SigningKey> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    throw invalid(path, 'it could not be read', cause);
  }
  await using handle = file;
  // Asked of the open file, so that it cannot be swapped between the look and the reading. Windows has no such modes.
  const { mode } = await handle.stat();
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
    throw new AicoError('REGISTRY_KEY_EXPOSED', { subject: path });
  return parse(await handle.readFile('utf8'), path);
}

function parse(text: string, path: string): SigningKey {
  let data: { format?: unknown; keyId?: unknown; secretKey?: unknown } | null;
  try {
    data = JSON.parse(text);
  } catch {
    // The cause would quote the text, which is a secret.
    throw invalid(path, 'it is not JSON');
  }
  const secretKey = typeof data?.secretKey === 'string' ? decodeBase64(data.secretKey) : undefined;
  if (data?.format !== 1 || secretKey?.length !== SECRET_KEY_BYTES) throw invalid(path, 'it holds no key');
  const pair = ed25519PairOf(secretKey.subarray(0, SEED_BYTES));
  const keyId = keyIdOf(pair.publicKey);
  if (keyId !== data.keyId || !timingSafeEqual(pair.secretKey, secretKey))
    throw invalid(path, 'its parts do not belong together');
  return { keyId, ...pair };
}

function invalid(path: string, problem: string, cause?: unknown): AicoError {
  return new AicoError('REGISTRY_KEY_INVALID', { subject: path, details: { problem }, cause });
}
