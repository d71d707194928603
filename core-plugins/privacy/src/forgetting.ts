import {
  AicoError,
  type BackupShredded,
  type Bus,
  type ForgetProgress,
  type ForgetReceipt,
  type ForgetRun,
  isAicoError,
  type Log,
} from '@aico/sdk';
import { findHolders } from './holders.ts';
import type { Ledger } from './ledger.ts';
import { orderFor } from './order.ts';
import { listBackups } from './plan.ts';

export interface ForgettingPowers {
  readonly bus: Pick<Bus, 'request' | 'stream'>;
  readonly log: Pick<Log, 'warn'>;
  readonly ledger: Ledger;
  readonly now: () => Date;
  readonly wait: (milliseconds: number) => Promise<void>;
}

type Progress = (progress: ForgetProgress) => Promise<void>;

const REMOVE_TIMEOUT_MS = 5 * 60_000;
const SETTLE_TRIES = 60;
const SETTLE_EVERY_MS = 1000;
/** Without a sign of life for so long, a backup counts as hung. */
const BACKUP_SILENCE_MS = 5 * 60_000;
const [STORAGE, BACKUP] = ['storage', 'backup'];

/** Forgets one thing at a time, everywhere: plugins first, then the files of databases, then backups. */
export class Forgetting {
  readonly #powers: ForgettingPowers;
  #isBusy = false;

  constructor(powers: ForgettingPowers) {
    this.#powers = powers;
  }

  /** Forgets what was confirmed. A part that fails is told in the receipt and tried again later. @throws AicoError PRIVACY_BUSY */
  forget(run: ForgetRun, by: string, progress: Progress): Promise<ForgetReceipt> {
    return this.#alone(async () => {
      const about = { id: crypto.randomUUID(), at: this.#powers.now().toISOString(), scope: run.scope, by };
      const receipt: ForgetReceipt = { ...about, removed: [], failed: [] };
      // From here on it is done to its end, whoever is killed.
      await this.#powers.ledger.begin({ run, receipt });
      return this.#carryOut(run, receipt, progress);
    });
  }

  /** Goes on with what is not done yet. */
  async resume(): Promise<void> {
    if (this.#isBusy) return;
    await this.#alone(async () => {
      for (const { run, receipt } of await this.#powers.ledger.pending())
        await this.#carryOut(run, receipt, async () => {});
    });
  }

  async #carryOut(run: ForgetRun, begun: ForgetReceipt, progress: Progress): Promise<ForgetReceipt> {
    const { bus, ledger } = this.#powers;
    const removed = new Map(begun.removed.map((each) => [`${each.plugin} ${each.kind}`, { ...each }]));
    const failed: ForgetReceipt['failed'] = [];
    const attempt = async (plugin: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        const code = isAicoError(error) ? error.code : 'SDK_HANDLER_FAILED';
        this.#powers.log.warn('Not everything is forgotten yet; it is tried again.', { plugin, code });
        failed.push({ plugin, code });
      }
    };
    const holders = await findHolders(bus);
    for (const [done, { plugin, runs }] of holders.entries()) {
      await progress({ phase: 'removing', done, total: holders.length });
      await attempt(plugin, async () => {
        if (!runs) throw new AicoError('PRIVACY_HOLDER_ABSENT', { subject: plugin });
        const order = orderFor(plugin, run.items);
        const { kinds } = await bus.request(`plugin.${plugin}.forget.run.v1`, order, { timeoutMs: REMOVE_TIMEOUT_MS });
        for (const { kind, removed: count } of kinds) {
          const key = `${plugin} ${kind}`;
          const sum = (removed.get(key)?.removed ?? 0) + count;
          if (sum > 0) removed.set(key, { plugin, kind, removed: sum });
        }
      });
    }
    await progress({ phase: 'settling', done: 0, total: 1 });
    await attempt(STORAGE, () => this.#settle());
    let backups = begun.backups;
    // A backup that was made now would hold what is not removed yet.
    if (run.backups && backups === undefined && failed.length === 0)
      await attempt(BACKUP, async () => {
        backups = await this.#shred(progress);
      });
    else if (run.backups && backups === undefined && failed.length > 0)
      failed.push({ plugin: BACKUP, code: 'PRIVACY_BACKUP_WAITS' });
    const receipt = { ...begun, removed: [...removed.values()], failed, ...(backups !== undefined && { backups }) };
    await ledger.note(run, receipt);
    // A try that changed nothing is no news.
    if (isSame(receipt, begun)) return receipt;
    await bus.request('kernel.trail.note.v1', { kind: 'data.forgotten', by: receipt.by, details: detailsOf(receipt) });
    return receipt;
  }

  /** What was deleted is in no log of a database any more. Whoever reads or copies them right now is waited for. */
  async #settle(): Promise<void> {
    const { bus, wait } = this.#powers;
    for (let tries = 0; tries < SETTLE_TRIES; tries += 1) {
      const { waiting } = await bus.request('storage.database.settle.v1', {}, { timeoutMs: REMOVE_TIMEOUT_MS });
      if (waiting.length === 0) return;
      await wait(SETTLE_EVERY_MS);
    }
    throw new AicoError('STORAGE_BUSY', { subject: STORAGE });
  }

  async #shred(progress: Progress): Promise<ForgetReceipt['backups']> {
    const { bus } = this.#powers;
    if ((await listBackups(bus)).length === 0) return undefined;
    const stream = bus.stream('backup.shred.v1', {}, { timeoutMs: BACKUP_SILENCE_MS });
    for await (const { done, total } of stream) await progress({ phase: 'backup', done, total });
    const { made, removed }: BackupShredded = await stream.result;
    return { made, removed: removed.length };
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isBusy) throw new AicoError('PRIVACY_BUSY', { subject: 'forget' });
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }
}

function isSame(receipt: ForgetReceipt, before: ForgetReceipt): boolean {
  return before.failed.length > 0 && JSON.stringify(receipt) === JSON.stringify(before);
}

/** What the audit keeps of it: numbers, and no word of what it was. */
function detailsOf({ id, scope, removed, failed, backups }: ForgetReceipt): Record<string, string> {
  const counts = removed.map((each) => `${each.plugin} ${each.kind} ${each.removed}`).join(', ');
  return {
    receipt: id,
    scope,
    removed: counts.slice(0, 500),
    ...(failed.length > 0 && {
      open: failed
        .map(({ plugin }) => plugin)
        .join(', ')
        .slice(0, 500),
    }),
    ...(backups !== undefined && { backups: String(backups.removed), backup: backups.made }),
  };
}
