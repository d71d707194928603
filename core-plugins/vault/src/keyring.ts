import { AicoError } from '@aico/sdk';

/** Keeps keys for the user of this machine, outside of AICO's files. */
export interface Keyring {
  /** The key of an account, or undefined when there is none. */
  get(account: string): Promise<Buffer | undefined>;
  put(account: string, key: Uint8Array): Promise<void>;
  remove(account: string): Promise<void>;
}

const SERVICE = 'AICO';
/** A keyring that is locked itself may ask its user first. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * The system's own: Keychain, Credential Manager or Secret Service. It is loaded at its first use, and nothing takes its
 * place: the library would go on with the kernel's keyring, which forgets.
 * @throws AicoError VAULT_KEYRING_UNAVAILABLE from each call
 */
export const systemKeyring: Keyring = {
  get: async (account) => {
    const secret = await ask(account, (entry) => entry.getSecret());
    if (secret === null) return undefined;
    const key = Buffer.from(secret);
    secret.fill(0);
    return key;
  },
  put: async (account, key) => {
    await ask(account, (entry) => entry.setSecret(key));
  },
  remove: async (account) => {
    await ask(account, (entry) => entry.deleteCredential());
  },
};

type Entry = InstanceType<typeof import('@napi-rs/keyring').AsyncEntry>;

async function ask<Answer>(account: string, question: (entry: Entry) => Promise<Answer>): Promise<Answer> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('it does not answer')), ANSWER_WITHIN_MS);
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    const entry = new AsyncEntry(SERVICE, account, { linux: { store: 'secret-service' } });
    return await Promise.race([question(entry), late.promise]);
  } catch (cause) {
    throw keyringUnavailable(plainly(cause instanceof Error ? cause.message : String(cause)), cause);
  } finally {
    clearTimeout(timer);
  }
}

/** What the library says of a machine without a desktop session speaks of how it was compiled. */
function plainly(said: string): string {
  return /d-?bus/i.test(said) ? 'no desktop session with a keyring answers here' : said;
}

export function keyringUnavailable(problem: string, cause?: unknown): AicoError {
  return new AicoError('VAULT_KEYRING_UNAVAILABLE', { subject: 'the keyring', details: { problem }, cause });
}
