import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ifThere } from './backup-files.ts';
import { type BackupKeys, backupKeys, forgetKeys, openBytes, sealBytes } from './chunk-seal.ts';
import { destroyFile, writeFileAtomic } from './durable-file.ts';

/*
 * A key file: magic 8 · format 1 · the epoch's secret, sealed under the vault's key for backups and bound to its name. Each epoch's
 * backups open with the vault's key and this secret alone: once every copy of the file is destroyed, nobody opens them, whatever
 * password they know. A key file by itself opens nothing.
 */
const NAME_MAGIC = Buffer.from('AICOBKEY');
export const KEY_FORMAT = 1;
const MAGIC = Buffer.concat([NAME_MAGIC, Buffer.of(KEY_FORMAT)]);
const SECRET_BYTES = 32;
export const KEY_SUFFIX = '.key';
const NAME = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** Where key files lie: all of them are read. */
export interface KeyFolders {
  /** The plugin's own, which no backup holds; then that among the backups, where it is on a disk of this process. */
  readonly folders: readonly [own: string, among?: string];
  /** Whether none is to lie among the backups. */
  readonly apart: boolean;
}

/** The keys of one vault's backups: of those made before there were epochs, and of each epoch. */
export class EpochKeys {
  readonly #vaultKey: string;
  readonly #place: KeyFolders;
  readonly #first: BackupKeys;
  readonly #secrets = new Map<string, Buffer>();
  readonly #keys = new Map<string, BackupKeys>();
  /** Epochs whose key files are another vault's. */
  readonly #foreign = new Set<string>();
  /** Epochs whose key files a newer AICO wrote, and in which form. */
  readonly #newer = new Map<string, number>();

  private constructor(vaultKey: string, place: KeyFolders) {
    this.#vaultKey = vaultKey;
    this.#place = place;
    this.#first = backupKeys(vaultKey);
  }

  /** Reads what key files there are. @param vaultKey the vault's key for backups, 64 hex digits */
  static async open(vaultKey: string, place: KeyFolders): Promise<EpochKeys> {
    const keys = new EpochKeys(vaultKey, place);
    for (const folder of present(place))
      for (const epoch of await epochsIn(folder)) keys.#learn(epoch, await readFile(pathOf(folder, epoch)));
    return keys;
  }

  /** The newest epoch. */
  get current(): string | undefined {
    return this.#epochs().at(-1);
  }

  /** Every epoch whose key is here, oldest first; undefined stands for the time before there were any. */
  all(): (string | undefined)[] {
    return [undefined, ...this.#epochs()];
  }

  /** The keys of an epoch; undefined when its key file is destroyed, or another vault's. */
  of(epoch: string | undefined): BackupKeys | undefined {
    if (epoch === undefined) return this.#first;
    const secret = this.#secrets.get(epoch);
    if (secret === undefined) return undefined;
    const keys = this.#keys.get(epoch) ?? backupKeys(this.#vaultKey, secret);
    this.#keys.set(epoch, keys);
    return keys;
  }

  isForeign(epoch: string | undefined): boolean {
    return epoch !== undefined && this.#foreign.has(epoch);
  }

  /** The form of an epoch's key file, where it is a newer one than is known here. */
  newerForm(epoch: string | undefined): number | undefined {
    return this.#newer.get(epoch ?? '');
  }

  /** Takes in a key file that its owner kept elsewhere. */
  take(epoch: string, bytes: Buffer): void {
    this.#learn(epoch, bytes);
  }

  /** The key file of an epoch, to be kept elsewhere. */
  exported(epoch: string): Buffer {
    const secret = this.#secrets.get(epoch) ?? Buffer.alloc(0);
    return Buffer.concat([MAGIC, sealBytes(this.#first, secret, contextOf(epoch))]);
  }

  /** Makes the key of a new epoch, on the disk when it resolves. It is the newest, also where the clock stands still or went back. */
  async begin(now: Date): Promise<string> {
    const last = this.current === undefined ? 0 : timeOf(this.current);
    const time = new Date(Math.max(now.getTime(), last + 1_000)).toISOString();
    const epoch = `${time.replace(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}`;
    this.#secrets.set(epoch, randomBytes(SECRET_BYTES));
    await this.place(epoch);
    return epoch;
  }

  /** Has an epoch's key file lie where it is wanted, and nowhere else. */
  async place(epoch: string): Promise<void> {
    const { folders, apart } = this.#place;
    const [own, among] = folders;
    for (const folder of apart ? [own] : present(this.#place)) {
      if (await this.#isWhole(folder, epoch)) continue;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFileAtomic(pathOf(folder, epoch), this.exported(epoch));
    }
    if (apart && among !== undefined) await destroyFile(pathOf(among, epoch));
  }

  /** Whether the key file that goes along with the backups is whole, where it is wanted there: another machine opens none without it. */
  async isPlaced(epoch: string): Promise<boolean> {
    const { folders, apart } = this.#place;
    const [, among] = folders;
    return apart || among === undefined || this.#isWhole(among, epoch);
  }

  /** Lays the key files of every epoch in a folder, to be part of what is restored there. */
  async copyTo(folder: string): Promise<void> {
    if (this.#secrets.size === 0) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const epoch of this.#epochs()) await writeFileAtomic(pathOf(folder, epoch), this.exported(epoch));
  }

  /** Destroys every copy of an epoch's key that is within reach: its backups open no more. */
  async destroy(epoch: string): Promise<void> {
    for (const folder of present(this.#place)) await destroyFile(pathOf(folder, epoch));
    this.#secrets.get(epoch)?.fill(0);
    this.#secrets.delete(epoch);
  }

  /** Forgets what it holds in memory. */
  forget(): void {
    for (const keys of [this.#first, ...this.#keys.values()]) forgetKeys(keys);
    for (const secret of this.#secrets.values()) secret.fill(0);
  }

  #epochs(): string[] {
    return [...this.#secrets.keys()].sort();
  }

  #learn(epoch: string, bytes: Buffer): void {
    if (this.#secrets.has(epoch)) return;
    const secret = this.#secretIn(epoch, bytes);
    const form = bytes.subarray(0, NAME_MAGIC.length).equals(NAME_MAGIC) ? (bytes[NAME_MAGIC.length] ?? 0) : 0;
    if (form > KEY_FORMAT) this.#newer.set(epoch, form);
    else if (secret === undefined) this.#foreign.add(epoch);
    else this.#secrets.set(epoch, secret);
  }

  #secretIn(epoch: string, bytes: Buffer): Buffer | undefined {
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
    const secret = openBytes(this.#first, bytes.subarray(MAGIC.length), contextOf(epoch), SECRET_BYTES);
    return secret?.length === SECRET_BYTES ? secret : undefined;
  }

  /** Whether the file of this name gives the secret that is known. */
  async #isWhole(folder: string, epoch: string): Promise<boolean> {
    const bytes = await ifThere(readFile(pathOf(folder, epoch)));
    const secret = bytes && this.#secretIn(epoch, bytes);
    const known = this.#secrets.get(epoch);
    const isWhole = secret !== undefined && known?.equals(secret) === true;
    secret?.fill(0);
    return isWhole;
  }
}

function present({ folders: [own, among] }: KeyFolders): string[] {
  return among === undefined ? [own] : [own, among];
}

/** When it began, ms since 1970. */
function timeOf(epoch: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(epoch) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function contextOf(epoch: string): Buffer {
  return Buffer.from(`epoch ${epoch}`);
}

function pathOf(folder: string, epoch: string): string {
  return join(folder, epoch + KEY_SUFFIX);
}

async function epochsIn(folder: string): Promise<string[]> {
  try {
    return epochsAmong(await readdir(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The epochs whose key files are called so. */
export function epochsAmong(names: readonly string[]): string[] {
  return names
    .filter((name) => name.endsWith(KEY_SUFFIX))
    .map((name) => name.slice(0, -KEY_SUFFIX.length))
    .filter(isEpoch);
}

/** Whether an epoch can be called so. */
export function isEpoch(name: string): boolean {
  return NAME.test(name);
}
