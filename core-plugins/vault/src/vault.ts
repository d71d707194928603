import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  AicoError,
  isAicoError,
  type KeyConstraints,
  type KeyDerive,
  type KeyRecover,
  type TopicKey,
  type VaultStatus,
} from '@aico/sdk';
import { TextOpener } from '@aico/sdk/sealing';
import { deriveKey } from './key-tree.ts';
import { type Keyring, keyringUnavailable } from './keyring.ts';
import { type KdfParameters, KEY_BYTES } from './password-key.ts';
import { createRecoveryCode, parseRecoveryCode } from './recovery-code.ts';
import { SecretStore } from './secret-store.ts';
import type { Throttle } from './throttle.ts';
import {
  createVaultFile,
  rewrap,
  unwrapByDevice,
  unwrapDataKey,
  type VaultFile,
  withDevice,
  withoutDevice,
  withoutRecovery,
  withRecovery,
} from './vault-file.ts';
import type { VaultStore } from './vault-store.ts';

/** The file, the clock and the processor, as the vault needs them. */
export interface VaultPowers {
  readonly folder: string;
  readonly store: VaultStore;
  readonly throttle: Throttle;
  readonly keyring: Keyring;
  /** Parameters for a new vault, or a new password. */
  readonly tune: () => Promise<KdfParameters>;
  readonly now: () => Date;
}

const LEAST_PASSWORD_CHARACTERS = 8;
/** The one key that each sealed topic has so far. */
const EPOCH = 1;
/** Whose secrets its own notes are. */
const VAULT = 'vault';

/** The master password's keeper: empty, locked or unlocked. Only an unlocked vault holds keys. */
export class Vault {
  readonly #powers: VaultPowers;
  #dataKey: Buffer | undefined;
  #secrets: SecretStore | undefined;
  /** How often its keys were let go of. */
  #locks = 0;
  #turn: Promise<unknown> = Promise.resolve();
  /** Why the keyring of this device, which was to, did not open it. */
  #deviceError: AicoError | undefined;
  #dropped: Promise<unknown> = Promise.resolve();

  constructor(powers: VaultPowers) {
    this.#powers = powers;
  }

  /** Whether it holds keys. */
  get isOpen(): boolean {
    return this.#dataKey !== undefined;
  }

  /** @throws AicoError VAULT_DAMAGED, VAULT_NEWER */
  get status(): VaultStatus {
    const file = this.#powers.store.read();
    if (!file) return { state: 'empty' };
    const { algorithm, version, memoryKib, passes, lanes } = file.wraps[0].kdf;
    const { retryAfterMs } = this.#powers.throttle;
    return {
      state: this.#dataKey ? 'unlocked' : 'locked',
      kdf: { algorithm, version, memoryKib, passes, lanes },
      remembered: file.device !== undefined,
      ...(file.device !== undefined && this.#deviceError && { deviceError: this.#deviceError.toReport() }),
      recovery: file.wraps[1] !== undefined,
      ...(retryAfterMs > 0 && { retryAfterMs }),
    };
  }

  /** Creates the vault and unlocks it. @throws AicoError VAULT_EXISTS, VAULT_PASSWORD_WEAK, VAULT_UNWRITABLE */
  setUp(password: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#powers.store.read()) throw new AicoError('VAULT_EXISTS', { subject: 'vault' });
      assertStrong(password);
      const dataKey = randomBytes(KEY_BYTES);
      await zeroedUnlessDone(dataKey, async () => {
        const file = await createVaultFile(dataKey, password, await this.#powers.tune(), this.#powers.now());
        this.#powers.store.write(file);
      });
      this.#hold(dataKey);
    });
  }

  /**
   * Unlocks a locked vault; checks the password of an open one. Whether it was locked before.
   * @throws AicoError VAULT_PASSWORD_WRONG, VAULT_THROTTLED, VAULT_EMPTY, VAULT_LOCKED when it was locked meanwhile
   */
  unlock(password: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const locks = this.#locks;
      const { dataKey } = await this.#check(password);
      this.#assertUnlockedSince(locks, dataKey);
      return this.#hold(dataKey);
    });
  }

  /**
   * Opens the vault by another password from now on; the data key, and so all data, stays as it is. A device is forgotten. Whether
   * it was locked before.
   */
  changePassword(current: string, next: string): Promise<boolean> {
    return this.#rewrap(next, () => this.#check(current));
  }

  /**
   * Lets the keyring of this device open the vault: it keeps a random key that unwraps the data key, never the password.
   * @throws AicoError VAULT_KEYRING_UNAVAILABLE, VAULT_PASSWORD_WRONG, VAULT_THROTTLED, VAULT_EMPTY, VAULT_UNWRITABLE
   */
  remember(password: string): Promise<void> {
    return this.#inTurn(async () => {
      const { file, dataKey } = await this.#check(password);
      const deviceKey = randomBytes(KEY_BYTES);
      try {
        await this.#dropped;
        await this.#powers.keyring.put(accountOf(file), deviceKey);
        this.#powers.store.write(withDevice(file, dataKey, deviceKey));
        this.#deviceError = undefined;
      } finally {
        deviceKey.fill(0);
        dataKey.fill(0);
      }
    });
  }

  /** From now on no device opens it; what a keyring still holds is of no use. @throws AicoError VAULT_EMPTY, … */
  forget(): Promise<void> {
    return this.#inTurn(async () => {
      const { store } = this.#powers;
      const file = store.read();
      if (!file) throw new AicoError('VAULT_EMPTY', { subject: 'vault' });
      if (file.device === undefined) return;
      store.write(withoutDevice(file));
      this.#dropDeviceKey(file);
    });
  }

  /** Opens the vault where the device is remembered. Whether it did. @throws AicoError VAULT_KEYRING_UNAVAILABLE, … */
  async unlockByDevice(): Promise<boolean> {
    const { store, keyring } = this.#powers;
    const remembered = store.read();
    if (remembered?.device === undefined) return false;
    try {
      // The keyring may ask its user first; meanwhile the password opens the vault.
      const deviceKey = await keyring.get(accountOf(remembered));
      if (deviceKey === undefined) throw keyringUnavailable('it has no key for this vault');
      return await this.#inTurn(async () => this.#openBy(deviceKey));
    } catch (error) {
      if (isAicoError(error, 'VAULT_KEYRING_UNAVAILABLE')) this.#deviceError = error;
      throw error;
    }
  }

  /** A new recovery code in the place of the one before; it is kept nowhere. @throws AicoError VAULT_PASSWORD_WRONG, … */
  renewRecovery(password: string): Promise<string> {
    return this.#inTurn(async () => {
      const { file, dataKey } = await this.#check(password);
      try {
        const code = createRecoveryCode();
        const typed = parseRecoveryCode(code) ?? code;
        this.#powers.store.write(await withRecovery(file, dataKey, typed));
        return code;
      } finally {
        dataKey.fill(0);
      }
    });
  }

  /** From now on no recovery code opens it. @throws AicoError VAULT_LOCKED, VAULT_UNWRITABLE */
  dropRecovery(): Promise<void> {
    return this.#inTurn(async () => {
      const { store } = this.#powers;
      const file = store.read();
      if (!this.#dataKey || !file) throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
      if (file.wraps[1] !== undefined) store.write(withoutRecovery(file));
    });
  }

  /** Unlocks by the recovery code and sets a new password. Whether it was locked before. @throws AicoError VAULT_RECOVERY_WRONG, … */
  unlockByRecovery(code: string, next: string): Promise<boolean> {
    return this.#rewrap(next, () => this.#check(parseRecoveryCode(code) ?? '', 'recovery'));
  }

  /** Forgets every key at once. Whether there was one to forget. */
  lock(): boolean {
    const held = this.#dataKey !== undefined;
    if (held) this.#locks += 1;
    this.#dataKey?.fill(0);
    this.#dataKey = undefined;
    this.#secrets?.close();
    this.#secrets = undefined;
    return held;
  }

  /** A key in hex, within the constraints of the asker's grant. @throws AicoError VAULT_PURPOSE_DENIED, VAULT_LOCKED */
  derive(sender: string, { purpose, plugin = sender, generation }: KeyDerive, grant: Partial<KeyConstraints>): string {
    const mayForOthers = grant.plugins === 'any';
    if (!grant.purposes?.includes(purpose) || (plugin !== sender && !mayForOthers))
      throw new AicoError('VAULT_PURPOSE_DENIED', { subject: sender, details: { purpose } });
    if (!this.#dataKey) throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
    const key = deriveKey(this.#dataKey, purpose, plugin, generation);
    const hex = key.toString('hex');
    key.fill(0);
    return hex;
  }

  /**
   * A key of another vault, by its file and its password or recovery code: for backups of it. Tries count as tries at this vault do.
   * @throws AicoError VAULT_PURPOSE_DENIED, VAULT_PASSWORD_WRONG, VAULT_THROTTLED, VAULT_DAMAGED, VAULT_NEWER
   */
  recover(
    sender: string,
    { vault, password, purpose, plugin = sender, generation }: KeyRecover,
    grant: Partial<KeyConstraints>,
  ): Promise<string> {
    return this.#inTurn(async () => {
      const isOwn = plugin === sender || grant.plugins === 'any';
      if (!grant.purposes?.includes(purpose) || !isOwn)
        throw new AicoError('VAULT_PURPOSE_DENIED', { subject: sender, details: { purpose } });
      const { store, throttle } = this.#powers;
      assertMayTry(throttle);
      const file = store.parse(Buffer.from(vault));
      const code = parseRecoveryCode(password);
      const byCode = code === undefined ? undefined : await unwrapDataKey(file, code, 'recovery');
      const dataKey = byCode ?? (await unwrapDataKey(file, password));
      if (!dataKey) {
        throttle.failed();
        throw new AicoError('VAULT_PASSWORD_WRONG', { subject: 'vault' });
      }
      // A password of another vault does not end the wait that wrong ones of this vault brought.
      const key = deriveKey(dataKey, purpose, plugin, generation);
      dataKey.fill(0);
      const hex = key.toString('hex');
      key.fill(0);
      return hex;
    });
  }

  /** The key of a sealed topic, for who may publish or receive it as the kernel says. @throws AicoError VAULT_PURPOSE_DENIED, VAULT_LOCKED */
  topicKey(sender: string, topic: string, grant: Readonly<Record<string, unknown>>): TopicKey {
    if (grant.topic !== topic)
      throw new AicoError('VAULT_PURPOSE_DENIED', { subject: sender, details: { purpose: topic } });
    if (!this.#dataKey) throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
    const key = deriveKey(this.#dataKey, 'topic', `${topic}/${EPOCH}`);
    const hex = key.toString('hex');
    key.fill(0);
    return { key: hex, epoch: EPOCH, sealedSince: this.#sealedSince(topic) };
  }

  /** When the topic's key was first lent: what was kept before was not sealed. */
  #sealedSince(topic: string): string {
    const name = `sealed-since/${topic}`;
    const known = this.secrets.get(VAULT, name);
    if (known !== undefined) return known;
    const now = this.#powers.now().toISOString();
    this.secrets.put(VAULT, name, now);
    return now;
  }

  /** What opens logs, which anybody may seal with its public key. @throws AicoError VAULT_LOCKED */
  logOpener(): TextOpener {
    if (!this.#dataKey) throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
    const key = deriveKey(this.#dataKey, 'logs', VAULT);
    try {
      return new TextOpener(key);
    } finally {
      key.fill(0);
    }
  }

  /** The secrets of plugins. @throws AicoError VAULT_LOCKED */
  get secrets(): SecretStore {
    if (!this.#secrets) throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
    return this.#secrets;
  }

  /** Throttled tries do no work; all others do the same work and get one of two answers. */
  async #check(
    password: string,
    kind: 'password' | 'recovery' = 'password',
  ): Promise<{ file: VaultFile; dataKey: Buffer }> {
    const { store, throttle } = this.#powers;
    const file = store.read();
    if (!file) throw new AicoError('VAULT_EMPTY', { subject: 'vault' });
    assertMayTry(throttle);
    const dataKey = await unwrapDataKey(file, password, kind);
    if (!dataKey || (this.#dataKey && !timingSafeEqual(dataKey, this.#dataKey))) {
      throttle.failed();
      throw new AicoError(kind === 'password' ? 'VAULT_PASSWORD_WRONG' : 'VAULT_RECOVERY_WRONG', { subject: 'vault' });
    }
    throttle.succeeded();
    return { file, dataKey };
  }

  /** Writes the file for another password, by whoever proves to be its user, and opens it. */
  #rewrap(next: string, check: () => Promise<{ file: VaultFile; dataKey: Buffer }>): Promise<boolean> {
    return this.#inTurn(async () => {
      assertStrong(next);
      const locks = this.#locks;
      const { file, dataKey } = await check();
      await zeroedUnlessDone(dataKey, async () => {
        const rewrapped = await rewrap(file, dataKey, next, await this.#powers.tune());
        this.#assertUnlockedSince(locks, dataKey);
        this.#powers.store.write(rewrapped);
      });
      const opened = this.#hold(dataKey);
      this.#dropDeviceKey(file);
      return opened;
    });
  }

  /** Who locks means also what was on its way: it must not bring the keys back when everybody has been told that they are gone. */
  #assertUnlockedSince(locks: number, dataKey: Buffer): void {
    if (locks === this.#locks) return;
    dataKey.fill(0);
    throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
  }

  /** Tidies the keyring; the file says already that its key opens nothing. */
  #dropDeviceKey(file: VaultFile): void {
    if (file.device !== undefined) this.#dropped = this.#powers.keyring.remove(accountOf(file)).catch(() => undefined);
  }

  /** Opens it by the key of a device, unless somebody did so meanwhile. */
  #openBy(deviceKey: Buffer): boolean {
    try {
      const file = this.#powers.store.read();
      if (this.#dataKey || file?.device === undefined) return false;
      const dataKey = unwrapByDevice(file, deviceKey);
      if (!dataKey) throw keyringUnavailable('its key is of another time');
      this.#hold(dataKey);
      return true;
    } finally {
      deviceKey.fill(0);
    }
  }

  /** Keeps the key where there is none. Whether there was none. */
  #hold(dataKey: Buffer): boolean {
    if (this.#dataKey) {
      dataKey.fill(0);
      return false;
    }
    this.#dataKey = dataKey;
    this.#secrets = new SecretStore(this.#powers.folder, deriveKey(dataKey, 'secrets', 'vault'));
    return true;
  }

  /** One password at a time, so that tries cannot be made side by side. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** A key that nothing came of must not stay in memory. */
async function zeroedUnlessDone(key: Buffer, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    key.fill(0);
    throw error;
  }
}

/** Under which name a keyring keeps the key of a vault: several data folders may be one user's. */
function accountOf({ id }: VaultFile): string {
  return `vault ${id}`;
}

function assertMayTry({ retryAfterMs }: Throttle): void {
  if (retryAfterMs === 0) return;
  const seconds = Math.ceil(retryAfterMs / 1000);
  throw new AicoError('VAULT_THROTTLED', { subject: 'vault', details: { retryAfterMs, seconds } });
}

function assertStrong(password: string): void {
  if ([...password.normalize('NFC')].length < LEAST_PASSWORD_CHARACTERS)
    throw new AicoError('VAULT_PASSWORD_WEAK', { subject: 'vault' });
}
