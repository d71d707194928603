import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AicoError,
  type BackupInfo,
  type BackupProgress,
  type BackupPruned,
  type BackupRestore,
  type BackupRestored,
  type BackupShredded,
  type BackupStatus,
  type BackupVerified,
} from '@aico/sdk';
import { type BackupBody, chunksOf } from './backup-file.ts';
import { type BackupFiles, DiskFiles } from './backup-files.ts';
import { KeyLender, type KeyPowers, type Opener, OWN_KEYS, openIfOwn, openWith } from './backup-keys.ts';
import type { BackupKeys } from './chunk-seal.ts';
import { type CreatePowers, createBackup } from './create-backup.ts';
import { onFolder, unpackingTo } from './disk-error.ts';
import { writeFileAtomic } from './durable-file.ts';
import type { EpochKeys } from './epoch-keys.ts';
import { extractBackup } from './extract-backup.ts';
import { FolderClaim } from './folder-claim.ts';
import { BACKED_UP, pluginsWithBlobs } from './home-files.ts';
import { newestBody } from './known-files.ts';
import { clearIncoming, READY } from './leftovers.ts';
import { type Extract, type LendPowers, type LentCopy, lendCopy } from './lend-copy.ts';
import type { PluginState } from './plugin-state.ts';
import { type FoundBackups, Repository } from './repository.ts';
import { backupsOfAll, type Holding } from './retention.ts';
import { assertNoneLost, assertPlaced, assertReadable } from './sound-backup.ts';
import { whileAnswering } from './while-answering.ts';

/** What backups need of the world. */
export interface BackupsPowers
  extends KeyPowers,
    Pick<LendPowers, 'unlockCopy'>,
    Pick<CreatePowers, 'begin' | 'version' | 'now'> {
  /** Where backups go. */
  readonly folder: () => string;
  /** How long that folder may take to answer at all, where not as long as a disk that sleeps. */
  readonly patienceMs?: number;
  /** Another folder of backups, which whoever names it hands out. */
  readonly lent: (folder: string) => BackupFiles;
  readonly state: PluginState;
  /** Opens a copy in the scratch folder. @throws AicoError STORAGE_… */
  readonly check: (folder: string, plugin: string) => Promise<void>;
  /** Opens copies of blobs in the scratch folder. @throws AicoError BLOB_DAMAGED, STORAGE_LOCKED */
  readonly checkBlobs: (folder: string, plugin: string) => Promise<void>;
}

/** How a call tells how far it is, and learns that nobody waits for it any more. */
export interface Call {
  readonly progress: (progress: BackupProgress) => Promise<void>;
  readonly signal: AbortSignal;
}

const NOBODY: Call = { progress: async () => {}, signal: new AbortController().signal };

interface OwnBackup extends Holding {
  readonly epoch: string | undefined;
  readonly body: BackupBody;
}

type AssertAlone = () => Promise<void>;

type Doing = NonNullable<BackupStatus['running']>;

/** Makes, tests, restores and removes backups, one thing at a time. */
export class Backups {
  readonly #powers: BackupsPowers;
  readonly #lender: KeyLender;
  /** Shared by all that work with the same vault, whichever folder their backups lie in. */
  readonly #work: { doing: Doing | undefined };
  /** What reads a folder that is not the one in use. */
  readonly #lent: BackupFiles | undefined;
  #disk: DiskFiles | undefined;

  constructor(
    powers: BackupsPowers,
    work: { doing: Doing | undefined } = { doing: undefined },
    lent: BackupFiles | undefined = undefined,
  ) {
    this.#powers = powers;
    this.#lender = new KeyLender(powers, () => (lent === undefined ? this.#repository.keys : this.#repository));
    this.#work = work;
    this.#lent = lent;
  }

  get running(): Doing | undefined {
    return this.#work.doing;
  }

  /** Those of another folder, as long as it is handed out. Where backups are made stays as it is. */
  in(folder: string): Pick<Backups, 'list' | 'lend'> {
    return new Backups({ ...this.#powers, folder: () => folder }, this.#work, this.#powers.lent(folder));
  }

  get #repository(): Repository {
    const folder = this.#powers.folder();
    // What hangs there is to be known at the next call.
    if (this.#disk?.folder !== folder) this.#disk = new DiskFiles(folder, this.#powers.patienceMs);
    return new Repository(folder, this.#lent ?? this.#disk);
  }

  /** @throws AicoError BACKUP_FOLDER_GONE */
  async list(): Promise<FoundBackups> {
    await this.#assertThere();
    return this.#repository.list(this.#powers.now(), this.#powers.state.origin);
  }

  /** @throws AicoError BACKUP_…, VAULT_LOCKED */
  create(call: Call): Promise<BackupInfo> {
    return this.#alone('create', call, async (watched) => {
      await this.#assertThere();
      return this.#lender.own((epochs) => this.#beginning((alone) => this.#create(epochs, watched, alone)));
    });
  }

  /**
   * Makes and tests a backup under the key of a new epoch; then destroys the keys of all epochs before and removes their backups.
   * Those of another vault stay. One that lacks a database which they hold is no reason to: theirs may be the only copy that is whole.
   * @throws AicoError BACKUP_…, STORAGE_…; backups made before are unharmed then
   */
  shred(call: Call): Promise<BackupShredded> {
    return this.#alone('create', call, async (watched) => {
      await this.#assertThere();
      return this.#lender.own((epochs) => this.#beginning((alone) => this.#shred(epochs, watched, alone)));
    });
  }

  async #shred(epochs: EpochKeys, call: Call, alone: AssertAlone): Promise<BackupShredded> {
    const before = epochs.all();
    const own = await this.#ownBackups(epochs);
    await this.#repository.prepare();
    const epoch = await epochs.begin(this.#powers.now());
    let made: string | undefined;
    const damaged = [...this.#powers.state.damaged];
    try {
      made = (await this.#create(epochs, call, alone, epoch)).id;
      assertNoneLost(openWith(epochs, await this.#repository.read(made)).body, own);
      await this.#verify(made, epochs, call);
      await alone();
    } catch (error) {
      // What cannot be tidied up now, the next backup goes on with.
      await this.#discard(epochs, epoch, made === undefined ? [] : [made], alone).catch(() => undefined);
      // The copy that mended these is gone with it.
      await this.#powers.state.keep({ folder: this.#repository.folder, damaged }).catch(() => undefined);
      throw error;
    }
    // A restore that waits for the next start is a copy of one of them.
    const incoming = join(this.#powers.home, 'incoming');
    await onFolder(incoming, () => clearIncoming(incoming));
    for (const each of before) {
      const ids = own.filter((backup) => backup.epoch === each).map(({ id }) => id);
      await this.#discard(epochs, each, ids, alone);
    }
    return { made, removed: own.map(({ id }) => id) };
  }

  /** The key file of the backups that are made now, to be kept elsewhere. @throws AicoError BACKUP_UNKNOWN, VAULT_LOCKED */
  exportKey(): Promise<{ readonly name: string; readonly key: Buffer }> {
    return this.#lender.own(async (epochs) => {
      const epoch = epochs.current;
      if (epoch === undefined) throw new AicoError('BACKUP_UNKNOWN', { subject: 'with a key of its own' });
      return { name: `${epoch}.key`, key: epochs.exported(epoch) };
    });
  }

  /** Restores a backup into a scratch folder and has every database and every blob in it opened. @throws AicoError BACKUP_…, STORAGE_… */
  verify(id: string, call: Call): Promise<BackupVerified> {
    return this.#alone('verify', call, (watched) => this.#lender.own((epochs) => this.#verify(id, epochs, watched)));
  }

  /**
   * Lends a copy of a plugin's database to some work, in a folder of the scratch folder; undefined when the backup has none.
   * @throws AicoError BACKUP_…, VAULT_…
   */
  lend<Result>(
    id: string,
    plugin: string,
    opener: Opener,
    call: Call,
    work: (copy: LentCopy) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.#alone('restore', call, async (watched) => {
      const backup = await this.#repository.read(id);
      const extract: Extract = (body, keys, target) => this.#extract(id, body, keys, target, 'writing', watched);
      return lendCopy({ ...this.#powers, lender: this.#lender }, { backup, plugin, opener }, extract, work);
    });
  }

  /** Lays a backup ready for the next start. Nothing that is in use is touched. @throws AicoError BACKUP_…, VAULT_… */
  restore({ id, ...opener }: BackupRestore, call: Call): Promise<BackupRestored> {
    return this.#alone('restore', call, async (watched) => {
      const { home, state } = this.#powers;
      const backup = await this.#repository.read(id);
      return this.#lender.of(backup, opener, async ({ epochs, keys, body }) => {
        const incoming = join(home, 'incoming');
        const target = join(incoming, 'files');
        await unpackingTo(incoming, () => clearIncoming(incoming));
        try {
          const written = await this.#extract(id, body, keys, target, 'writing', watched);
          // Backups do not hold keys of backups: those that are here go along.
          await unpackingTo(target, () => epochs.copyTo(join(target, ...OWN_KEYS)));
          const own = join(target, 'data', 'backup');
          await unpackingTo(own, () => mkdir(own, { recursive: true, mode: 0o700 }).then(() => state.copyTo(own)));
          const text = JSON.stringify({ format: 1, backup: id, entries: BACKED_UP });
          // Whoever was told that it failed is not to find it in place.
          watched.signal.throwIfAborted();
          await unpackingTo(incoming, () => writeFileAtomic(join(incoming, READY), Buffer.from(`${text}\n`)));
          return { id, ...written };
        } catch (error) {
          // What is in use needs the room, and forgetting does not reach a copy there.
          await clearIncoming(incoming).catch(() => undefined);
          throw error;
        }
      });
    });
  }

  /** Removes what is too old, and what no backup needs. Backups that cannot be read stop it: they may need anything. */
  prune(): Promise<BackupPruned> {
    return this.#alone('prune', NOBODY, () =>
      this.#lender.own((epochs) => this.#claiming((alone) => this.#prune(epochs, alone))),
    );
  }

  async #prune(epochs: EpochKeys, alone: AssertAlone): Promise<BackupPruned> {
    const repository = this.#repository;
    const own = await this.#ownBackups(epochs);
    const keep = backupsOfAll(own, this.#powers.now());
    const removed = own.filter(({ id }) => !keep.has(id)).map(({ id }) => id);
    for (const id of removed) await repository.remove(id);
    let freedBytes = 0;
    for (const epoch of epochs.all()) {
      const keys = epochs.of(epoch);
      if (keys === undefined) continue;
      const kept = own.filter((backup) => backup.epoch === epoch && keep.has(backup.id));
      const needed = new Set(kept.flatMap(({ body }) => body.files.flatMap(chunksOf)));
      const chunks = await repository.chunks(keys);
      try {
        freedBytes += await onFolder(repository.folder, () => chunks.drop(needed, alone));
      } finally {
        await chunks.close();
      }
    }
    return { removed, kept: keep.size, freedBytes: Math.max(0, freedBytes) };
  }

  /** Destroys the key of an epoch, then removes its backups and its packs. */
  async #discard(
    epochs: EpochKeys,
    epoch: string | undefined,
    ids: readonly string[],
    alone: AssertAlone,
  ): Promise<void> {
    const keys = epochs.of(epoch);
    if (keys === undefined) return;
    const repository = this.#repository;
    // What its packs are is known by the key alone, which has to go first.
    const chunks = await repository.chunks(keys);
    try {
      if (epoch !== undefined) await onFolder(repository.folder, () => epochs.destroy(epoch));
      for (const id of ids) await repository.remove(id);
      await onFolder(repository.folder, () => chunks.drop(new Set(), alone));
    } finally {
      await chunks.close();
    }
  }

  async #create(
    epochs: EpochKeys,
    call: Call,
    assertAlone: AssertAlone,
    wanted: string | undefined = epochs.current,
  ): Promise<BackupInfo> {
    const { state, now } = this.#powers;
    const repository = this.#repository;
    await repository.prepare();
    const epoch = wanted ?? (await onFolder(repository.folder, () => epochs.begin(now())));
    await onFolder(repository.folder, () => epochs.place(epoch));
    const keys = epochs.of(epoch);
    if (keys === undefined) throw new AicoError('BACKUP_KEY_ABSENT', { subject: epoch });
    const { damaged, origin } = state;
    const isDamaged = (name: string): boolean => damaged.has(name);
    const before = await newestBody(repository, epoch, keys, now());
    const given = { ...this.#powers, ...call, keys, epoch, origin, assertAlone, before, repository, isDamaged };
    const info = await createBackup(given);
    await state.keep({ folder: repository.folder, damaged: [] });
    return info;
  }

  async #verify(id: string, epochs: EpochKeys, call: Call): Promise<BackupVerified> {
    const { home, check, checkBlobs } = this.#powers;
    const backup = await this.#repository.read(id);
    const { keys, body } = openWith(epochs, backup);
    await assertPlaced(epochs, backup);
    const folder = `verify-${id}`;
    const target = join(home, 'scratch', folder);
    try {
      await rm(target, { recursive: true, force: true });
      const written = await this.#extract(id, body, keys, target, 'checking', call);
      const checks = [
        ...body.databases.map((plugin) => () => check(folder, plugin)),
        ...pluginsWithBlobs(body.files).map((plugin) => () => checkBlobs(folder, plugin)),
      ];
      for (const [done, run] of checks.entries()) {
        await call.progress({ phase: 'opening', done, total: checks.length });
        await run();
      }
      return { id, ...written, databases: body.databases.length };
    } finally {
      await rm(target, { recursive: true, force: true });
    }
  }

  /** Backups of this vault that open. @throws AicoError for one that cannot be read: it may be of this vault and need anything */
  async #ownBackups(epochs: EpochKeys): Promise<OwnBackup[]> {
    const { backups, unreadable } = await this.list();
    assertReadable(this.#repository.folder, unreadable);
    const own: OwnBackup[] = [];
    for (const { id, createdAt } of backups) {
      const backup = await this.#repository.read(id);
      const body = openIfOwn(backup, epochs);
      if (body !== undefined) own.push({ id, createdAt, body, epoch: backup.epoch, origin: backup.origin });
    }
    return own;
  }

  async #extract(
    id: string,
    body: BackupBody,
    keys: BackupKeys,
    target: string,
    phase: BackupProgress['phase'],
    { progress, signal }: Call,
  ): Promise<{ files: number; bytes: number }> {
    const { state } = this.#powers;
    await unpackingTo(target, () => mkdir(target, { recursive: true, mode: 0o700 }));
    const repository = this.#repository;
    const chunks = await repository.chunks(keys);
    const damaged = new Set(state.damaged);
    const onDamaged = (name: string): void => void damaged.add(name);
    try {
      return await extractBackup({
        ...{ id, body, chunks, source: repository.folder, target, phase, progress, signal, onDamaged },
      });
    } finally {
      await chunks.close();
      // What is damaged elsewhere no backup here mends.
      if (this.#lent === undefined) await state.keep({ damaged: [...damaged] });
    }
  }

  /** The same, in a folder that is made if it is not there. */
  async #beginning<Result>(work: (alone: AssertAlone) => Promise<Result>): Promise<Result> {
    await this.#repository.begin();
    return this.#claiming(work);
  }

  /** Changes the folder while no other AICO does. */
  async #claiming<Result>(work: (alone: AssertAlone) => Promise<Result>): Promise<Result> {
    const { folder, state } = this.#powers;
    const claimed = folder();
    const claim = await onFolder(claimed, () => FolderClaim.take(claimed, state.origin));
    try {
      return await work(() => claim.assertHeld());
    } finally {
      await claim.release();
    }
  }

  /** A folder that had backups and has none now is a disk that is away: it is not begun anew. */
  async #assertThere(): Promise<void> {
    const { folder, state } = this.#powers;
    if (state.folder !== folder() || (await this.#repository.isMarked())) return;
    throw new AicoError('BACKUP_FOLDER_GONE', {
      subject: folder(),
      details: { problem: 'it holds no backups any more' },
    });
  }

  async #alone<Result>(doing: Doing, call: Call, work: (watched: Call) => Promise<Result>): Promise<Result> {
    const busy = this.#work;
    // Whether the folder answers, before keys are looked for there; while it does not, nothing that is done there ends.
    if (this.#lent === undefined) await this.#repository.isMarked();
    if (busy.doing !== undefined)
      throw new AicoError('BACKUP_BUSY', { subject: 'backup', details: { doing: busy.doing } });
    busy.doing = doing;
    const doIt = (silent: AbortSignal): Promise<Result> =>
      work({ ...call, signal: AbortSignal.any([call.signal, silent]) }).finally(() => {
        busy.doing = undefined;
      });
    const look = async (): Promise<unknown> => this.#lent ?? this.#repository.isMarked();
    return whileAnswering(look, doIt, this.#powers.patienceMs);
  }
}
