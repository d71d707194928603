import type { BackupInfo, BackupList, BackupProgress, BackupPruned, BackupStatus, BackupVerified } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus, RunningStream } from '../api/bus.ts';
import { everyWhile } from '../app/every-while.ts';
import { OneStream } from './one-stream.svelte.ts';

/** Nobody tells when what is done elsewhere, by itself, or is being stopped comes to its end. */
const LOOK_EVERY_MS = 3_000;

/** What is being done from this page, and how far it is. */
export interface Doing {
  readonly what: 'create' | 'verify' | 'restore';
  readonly id?: string;
  readonly progress?: BackupProgress;
}

/** The backups that there are, and the one thing at a time that is done with them. */
export class Backups {
  readonly #bus: Bus;
  readonly #stream = new OneStream();
  #status = $state.raw<BackupStatus | undefined>();
  #list = $state.raw<BackupList | undefined>();
  /** Why nothing can be shown. */
  #error = $state.raw<ApiError | undefined>();
  /** Why the folder cannot be looked into. */
  #folderError = $state.raw<ApiError | undefined>();
  #doing = $state.raw<Doing | undefined>();
  #verified = $state.raw<BackupVerified | undefined>();
  #ready = $state.raw<BackupInfo | undefined>();
  #pruning = $state.raw(false);
  #pruned = $state.raw<BackupPruned | undefined>();
  #pruneFailed = $state.raw<ApiError | undefined>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get status(): BackupStatus | undefined {
    return this.#status;
  }
  get list(): BackupList | undefined {
    return this.#list;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }
  get folderError(): ApiError | undefined {
    return this.#folderError;
  }
  /** What became of the last thing that was done here, if it failed. */
  get failed(): ApiError | undefined {
    return this.#stream.failed ?? this.#pruneFailed;
  }
  get doing(): Doing | undefined {
    return this.#doing;
  }
  /** What the last test found. */
  get verified(): BackupVerified | undefined {
    return this.#verified;
  }
  /** The backup that takes the place of everything at the next start. */
  get ready(): BackupInfo | undefined {
    return this.#ready;
  }

  /** Whether what is too old is being removed from here. */
  get pruning(): boolean {
    return this.#pruning;
  }
  /** What the last removal of what is too old came to. */
  get pruned(): BackupPruned | undefined {
    return this.#pruned;
  }

  /** Looks, and again and again while a backup is worked on elsewhere; until undone, which stops what is done here. */
  begin(): () => void {
    void this.load();
    const stopLooking = everyWhile(LOOK_EVERY_MS, async () => {
      if (this.#status?.running !== undefined && this.#doing === undefined) await this.load();
    });
    return () => {
      stopLooking();
      this.stop();
    };
  }

  async load(): Promise<void> {
    try {
      this.#status = await this.#bus.request('backup.status.get.v1', {});
      this.#error = undefined;
    } catch (error) {
      this.#error = toApiError(error);
      return;
    }
    try {
      this.#list = await this.#bus.request('backup.list.v1', {});
      this.#folderError = undefined;
    } catch (error) {
      this.#list = undefined;
      this.#folderError = toApiError(error);
    }
  }

  /** Whether it was made. */
  async create(): Promise<boolean> {
    const made = await this.#run({ what: 'create' }, (onProgress) =>
      this.#bus.stream('backup.create.v1', {}, onProgress),
    );
    return made !== undefined;
  }

  async verify(id: string): Promise<void> {
    this.#verified = await this.#run({ what: 'verify', id }, (onProgress) =>
      this.#bus.stream('backup.verify.v1', { id }, onProgress),
    );
  }

  /** Lays a backup ready. @returns what it failed with */
  async restore(info: BackupInfo, password: string): Promise<ApiError | undefined> {
    const asked = { id: info.id, ...(password !== '' && { password }) };
    const restored = await this.#run({ what: 'restore', id: info.id }, (onProgress) =>
      this.#bus.stream('backup.restore.v1', asked, onProgress),
    );
    if (restored !== undefined) this.#ready = info;
    return this.#stream.failed;
  }

  /** Removes what is too old to be kept. */
  async prune(): Promise<void> {
    this.#forget();
    this.#pruning = true;
    try {
      this.#pruned = await this.#bus.request('backup.prune.v1', {});
    } catch (error) {
      const problem = toApiError(error);
      // What takes longer goes on, and the status says so.
      if (problem.code !== 'KERNEL_REQUEST_TIMEOUT') this.#pruneFailed = problem;
    } finally {
      this.#pruning = false;
      await this.load();
    }
  }

  stop(): void {
    this.#stream.stop();
  }

  /**
   * Has backups go to another folder, or beside the data when it is empty. The plugin sees no other folder than its own, so it is
   * tried once it is that; where it is none everything stays as it was. @throws ApiError BACKUP_…, CONFIG_…
   */
  async changeFolder(folder: string): Promise<void> {
    const { folder: before = '', ownDisk = true } = this.#status ?? {};
    await this.#bus.request('kernel.config.set.v1', { id: 'backup', values: { folder } });
    try {
      await this.#bus.request('backup.folder.check.v1', {});
    } catch (error) {
      await this.#bus.request('kernel.config.set.v1', { id: 'backup', values: { folder: ownDisk ? '' : before } });
      throw error;
    }
    this.#forget();
    await this.load();
  }

  /** @throws ApiError when the setting is refused */
  async change(values: { readonly folder?: string; readonly daily?: boolean }): Promise<void> {
    await this.#bus.request('kernel.config.set.v1', { id: 'backup', values });
    this.#forget();
    await this.load();
  }

  async #run<Reply>(
    doing: Doing,
    begin: (onProgress: (progress: BackupProgress) => void) => RunningStream<Reply>,
  ): Promise<Reply | undefined> {
    this.#forget();
    this.#doing = doing;
    const onProgress = (progress: BackupProgress): void => {
      this.#doing = { ...doing, progress };
    };
    const reply = await this.#stream.run(() => begin(onProgress));
    this.#doing = undefined;
    await this.load();
    return reply;
  }

  /** What the last thing came to says nothing of the next. */
  #forget(): void {
    this.#stream.clear();
    this.#verified = undefined;
    this.#pruned = undefined;
    this.#pruneFailed = undefined;
  }
}
