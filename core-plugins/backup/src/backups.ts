import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AicoError,
  type BackupInfo,
  type BackupProgress,
  type BackupPruned,
  type BackupRestore,
  type BackupRestored,
  type BackupStatus,
  type BackupVerified,
  isAicoError,
} from '@aico/sdk';
import { type BackupBody, chunksOf, type ReadBackup } from './backup-file.ts';
import { type BackupKeys, backupKeys, forgetKeys } from './chunk-seal.ts';
import { type CreatePowers, createBackup } from './create-backup.ts';
import { onFolder } from './disk-error.ts';
import { writeFileAtomic } from './durable-file.ts';
import { extractBackup } from './extract-backup.ts';
import { BACKED_UP } from './home-files.ts';
import type { PluginState } from './plugin-state.ts';
import { Repository } from './repository.ts';
import { backupsToKeep } from './retention.ts';

/** What backups need of the world. */
export interface BackupsPowers extends Pick<CreatePowers, 'home' | 'begin' | 'version' | 'now'> {
  /** Where backups go. */
  readonly folder: () => string;
  readonly state: PluginState;
  /** The key for backups of the vault in use, in hex. @throws AicoError VAULT_LOCKED, VAULT_EMPTY */
  readonly key: () => Promise<string>;
  /** The key of another vault. @throws AicoError VAULT_PASSWORD_WRONG, … */
  readonly recover: (vault: string, password: string) => Promise<string>;
  /** Opens a copy in the scratch folder. @throws AicoError STORAGE_… */
  readonly check: (folder: string, plugin: string) => Promise<void>;
}

/** How a call tells how far it is, and learns that nobody waits for it any more. */
export interface Call {
  readonly progress: (progress: BackupProgress) => Promise<void>;
  readonly signal: AbortSignal;
}

type Doing = NonNullable<BackupStatus['running']>;

/** Makes, tests, restores and removes backups, one thing at a time. */
export class Backups {
  readonly #powers: BackupsPowers;
  #doing: Doing | undefined;

  constructor(powers: BackupsPowers) {
    this.#powers = powers;
  }

  get running(): Doing | undefined {
    return this.#doing;
  }

  get #repository(): Repository {
    return new Repository(this.#powers.folder());
  }

  /** @throws AicoError BACKUP_FOLDER_GONE */
  async list(): ReturnType<Repository['list']> {
    await this.#assertThere();
    return this.#repository.list();
  }

  /** @throws AicoError BACKUP_…, VAULT_LOCKED */
  create(call: Call): Promise<BackupInfo> {
    return this.#alone('create', async () => {
      const { state } = this.#powers;
      await this.#assertThere();
      const repository = this.#repository;
      const { damaged } = state;
      const info = await this.#withKeys((keys) =>
        createBackup({ ...this.#powers, ...call, keys, repository, isDamaged: (name) => damaged.has(name) }),
      );
      await state.keep({ folder: repository.folder, damaged: [] });
      return info;
    });
  }

  /** Restores a backup into a scratch folder and has every database in it opened. @throws AicoError BACKUP_…, STORAGE_… */
  verify(id: string, call: Call): Promise<BackupVerified> {
    return this.#alone('verify', () =>
      this.#withKeys(async (keys) => {
        const { home, check } = this.#powers;
        const body = (await this.#repository.read(id)).open(keys);
        const folder = `verify-${id}`;
        const target = join(home, 'scratch', folder);
        try {
          const written = await this.#extract(id, body, keys, target, 'checking', call);
          for (const [done, plugin] of body.databases.entries()) {
            await call.progress({ phase: 'opening', done, total: body.databases.length });
            await check(folder, plugin);
          }
          return { id, ...written, databases: body.databases.length };
        } finally {
          await rm(target, { recursive: true, force: true });
        }
      }),
    );
  }

  /**
   * Lends a copy of a plugin's database to some work, in a folder of the scratch folder; undefined when the backup has none.
   * @throws AicoError BACKUP_…
   */
  lend<Result>(
    id: string,
    plugin: string,
    call: Call,
    work: (folder: string) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.#alone('restore', () =>
      this.#withKeys(async (keys) => {
        const body = (await this.#repository.read(id)).open(keys);
        if (!body.databases.includes(plugin)) return undefined;
        const path = `data/storage/${plugin}.db`;
        const files = body.files.filter((file) => file.path === path || file.path === `${path}-seal`);
        const folder = `lend-${id}`;
        const target = join(this.#powers.home, 'scratch', folder);
        try {
          await this.#extract(id, { ...body, files }, keys, target, 'writing', call);
          return await work(folder);
        } finally {
          await rm(target, { recursive: true, force: true });
        }
      }),
    );
  }

  /** Lays a backup ready for the next start. Nothing that is in use is touched. @throws AicoError BACKUP_…, VAULT_… */
  restore({ id, password }: BackupRestore, call: Call): Promise<BackupRestored> {
    return this.#alone('restore', async () => {
      const backup = await this.#repository.read(id);
      const { keys, body } = await this.#unlock(backup, password);
      try {
        const incoming = join(this.#powers.home, 'incoming');
        const ready = join(incoming, 'ready.json');
        await onFolder(incoming, async () => {
          // Without this one the others say nothing.
          await rm(ready, { force: true });
          for (const name of ['plan.json', 'aside']) await rm(join(incoming, name), { force: true });
        });
        const written = await this.#extract(id, body, keys, join(incoming, 'files'), 'writing', call);
        const text = JSON.stringify({ format: 1, backup: id, entries: BACKED_UP });
        await onFolder(incoming, () => writeFileAtomic(ready, Buffer.from(`${text}\n`)));
        return { id, ...written };
      } finally {
        forgetKeys(keys);
      }
    });
  }

  /** Removes what is too old, and what no backup needs. Backups that cannot be read stop it: they may need anything. */
  prune(): Promise<BackupPruned> {
    return this.#alone('prune', () =>
      this.#withKeys(async (keys) => {
        const repository = this.#repository;
        const { backups, unreadable } = await this.list();
        if (unreadable[0] !== undefined) throw unreadable[0].error;
        const own = new Map<string, BackupBody>();
        for (const { id } of backups) {
          const body = openIfOwn(await repository.read(id), keys);
          if (body !== undefined) own.set(id, body);
        }
        const keep = backupsToKeep(backups.filter(({ id }) => own.has(id)));
        const removed = [...own.keys()].filter((id) => !keep.has(id));
        for (const id of removed) await repository.remove(id);
        const needed = new Set([...own].flatMap(([id, { files }]) => (keep.has(id) ? files.flatMap(chunksOf) : [])));
        const chunks = await repository.chunks(keys);
        try {
          const freedBytes = Math.max(0, await onFolder(repository.folder, () => chunks.drop(needed)));
          return { removed, kept: keep.size, freedBytes };
        } finally {
          await chunks.close();
        }
      }),
    );
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
    await onFolder(target, async () => {
      await rm(target, { recursive: true, force: true });
      await mkdir(target, { recursive: true, mode: 0o700 });
    });
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
      await state.keep({ damaged: [...damaged] });
    }
  }

  /** With the vault in use if it is the backup's, else with a password of the backup's own vault. */
  async #unlock(backup: ReadBackup, password: string | undefined): Promise<{ keys: BackupKeys; body: BackupBody }> {
    const { key, recover } = this.#powers;
    let secret: string;
    if (password !== undefined) secret = await recover(backup.vault, password);
    else {
      const own = await key().catch((error: unknown) => {
        if (!isAicoError(error) || !error.code.startsWith('VAULT_')) throw error;
        return undefined;
      });
      if (own === undefined) throw new AicoError('BACKUP_KEY_WRONG', { subject: backup.info.id });
      secret = own;
    }
    const keys = backupKeys(secret);
    try {
      return { keys, body: backup.open(keys) };
    } catch (error) {
      forgetKeys(keys);
      throw error;
    }
  }

  async #withKeys<Result>(work: (keys: BackupKeys) => Promise<Result>): Promise<Result> {
    const keys = backupKeys(await this.#powers.key());
    try {
      return await work(keys);
    } finally {
      forgetKeys(keys);
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

  async #alone<Result>(doing: Doing, work: () => Promise<Result>): Promise<Result> {
    if (this.#doing !== undefined)
      throw new AicoError('BACKUP_BUSY', { subject: 'backup', details: { doing: this.#doing } });
    this.#doing = doing;
    try {
      return await work();
    } finally {
      this.#doing = undefined;
    }
  }
}

function openIfOwn(backup: ReadBackup, keys: BackupKeys): BackupBody | undefined {
  try {
    return backup.open(keys);
  } catch (error) {
    if (isAicoError(error, 'BACKUP_KEY_WRONG')) return undefined;
    throw error;
  }
}
