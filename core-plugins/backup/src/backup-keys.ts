import { join } from 'node:path';
import { AicoError, isAicoError } from '@aico/sdk';
import type { BackupBody, ReadBackup } from './backup-file.ts';
import type { BackupKeys } from './chunk-seal.ts';
import { readingFolder } from './disk-error.ts';
import { EpochKeys, KEY_FORMAT, KEY_SUFFIX, type KeyFolders } from './epoch-keys.ts';

/** What the keys of backups come from. */
export interface KeyPowers {
  readonly home: string;
  /** The key for backups of the vault in use, in hex. @throws AicoError VAULT_LOCKED, VAULT_EMPTY */
  readonly key: () => Promise<string>;
  /** Whether the keys are kept apart from the backups. */
  readonly keysApart: () => boolean;
  /** The key of another vault. @throws AicoError VAULT_PASSWORD_WRONG, … */
  readonly recover: (vault: string, password: string) => Promise<string>;
}

/** What somebody has who opens a backup of another vault, or whose key is kept apart. */
export interface Opener {
  readonly password?: string;
  /** A key file, in base64. */
  readonly key?: string;
}

/** The plugin's own key files, in the data folder. */
export const OWN_KEYS: readonly string[] = ['data', 'backup', 'keys'];

/** A folder of this process, or what reads the key files where it is none. */
type KeysAmong = string | { readonly keyFiles: () => Promise<ReadonlyMap<string, Buffer>> };

/** Lends the keys that open backups, and forgets them. */
export class KeyLender {
  readonly #powers: KeyPowers;
  readonly #among: () => KeysAmong;

  /** @param among where key files lie among the backups */
  constructor(powers: KeyPowers, among: () => KeysAmong) {
    this.#powers = powers;
    this.#among = among;
  }

  /** Works with the keys of the vault in use. @throws AicoError VAULT_LOCKED, VAULT_EMPTY */
  async own<Result>(work: (epochs: EpochKeys) => Promise<Result>): Promise<Result> {
    return this.#lend(await this.#powers.key(), work);
  }

  /** Works with what opens one backup: the vault in use if it is the backup's, else a password of the backup's own vault. */
  async of<Result>(
    backup: ReadBackup,
    { password, key }: Opener,
    work: (opened: OpenedBackup) => Promise<Result>,
  ): Promise<Result> {
    const secret =
      password === undefined ? await this.#ownKey(backup) : await this.#powers.recover(backup.vault, password);
    return this.#lend(secret, (epochs) => {
      if (key !== undefined) epochs.take(backup.epoch ?? '', Buffer.from(key, 'base64'));
      // Its vault opened, so what fails is the key file that lies beside it.
      else if (password !== undefined) assertKeyWhole(epochs, backup);
      return work({ epochs, ...openWith(epochs, backup) });
    });
  }

  async #ownKey({ info }: ReadBackup): Promise<string> {
    const own = await this.#powers.key().catch((error: unknown) => {
      if (!isAicoError(error) || !error.code.startsWith('VAULT_')) throw error;
      return undefined;
    });
    if (own === undefined) throw new AicoError('BACKUP_KEY_WRONG', { subject: info.id });
    return own;
  }

  async #lend<Result>(secret: string, work: (epochs: EpochKeys) => Promise<Result>): Promise<Result> {
    const { home, keysApart } = this.#powers;
    const own = join(home, ...OWN_KEYS);
    const among = this.#among();
    const isFolder = typeof among === 'string';
    const place: KeyFolders = { folders: isFolder ? [own, among] : [own], apart: keysApart() };
    const epochs = await readingFolder(isFolder ? among : own, () => EpochKeys.open(secret, place));
    try {
      if (!isFolder) for (const [epoch, bytes] of await among.keyFiles()) epochs.take(epoch, bytes);
      return await work(epochs);
    } finally {
      epochs.forget();
    }
  }
}

/** @throws AicoError BACKUP_DAMAGED */
function assertKeyWhole(epochs: EpochKeys, { epoch, info }: ReadBackup): void {
  if (epochs.of(epoch) !== undefined || !epochs.isForeign(epoch)) return;
  throw new AicoError('BACKUP_DAMAGED', {
    subject: info.id,
    details: { problem: `its key file ${epoch}${KEY_SUFFIX} was changed or cut` },
  });
}

/** A backup with what opens it. */
export interface OpenedBackup {
  readonly epochs: EpochKeys;
  readonly keys: BackupKeys;
  readonly body: BackupBody;
}

/** What is in a backup, if it is one of these keys'. */
export function openIfOwn(backup: ReadBackup, epochs: EpochKeys): BackupBody | undefined {
  try {
    return openWith(epochs, backup).body;
  } catch (error) {
    if (isAicoError(error, 'BACKUP_KEY_WRONG') || isAicoError(error, 'BACKUP_KEY_ABSENT')) return undefined;
    throw error;
  }
}

/** @throws AicoError BACKUP_KEY_WRONG, BACKUP_KEY_ABSENT, BACKUP_NEWER */
export function openWith(epochs: EpochKeys, backup: ReadBackup): Omit<OpenedBackup, 'epochs'> {
  const { epoch, info } = backup;
  const keys = epochs.of(epoch);
  if (keys !== undefined) return { keys, body: backup.open(keys) };
  const found = epochs.newerForm(epoch);
  if (found !== undefined)
    throw new AicoError('BACKUP_NEWER', { subject: `${epoch}${KEY_SUFFIX}`, details: { found, known: KEY_FORMAT } });
  throw new AicoError(epochs.isForeign(epoch) ? 'BACKUP_KEY_WRONG' : 'BACKUP_KEY_ABSENT', { subject: info.id });
}
