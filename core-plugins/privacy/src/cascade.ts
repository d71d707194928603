import {
  AicoError,
  type BackupList,
  type BackupShredded,
  type Bus,
  type ForgetOrder,
  type ForgetProgress,
  type ForgetReceipt,
  type Log,
} from '@aico/sdk';
import { Account, sumOf } from './account.ts';
import { listBackups, whatHolds } from './backups-holding.ts';
import { absence, findHolders, type Holder } from './holders.ts';
import type { Ledger, Pending, Wish } from './ledger.ts';

export interface CascadePowers {
  readonly bus: Pick<Bus, 'request' | 'stream'>;
  readonly log: Pick<Log, 'warn'>;
  readonly ledger: Ledger;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** No backup holds anything any more of what went before. */
  readonly onShredded: () => Promise<void>;
}

export type Progress = (progress: ForgetProgress) => Promise<void>;

const REMOVE_TIMEOUT_MS = 5 * 60_000;
const SETTLE_TRIES = 60;
const SETTLE_EVERY_MS = 1000;
/** Without a sign of life for so long, a backup counts as hung. */
const BACKUP_SILENCE_MS = 5 * 60_000;
const [STORAGE, BACKUP] = ['storage', 'backup'];

/** One forgetting on its way: plugins first, then the files of databases, then backups, then the receipt. */
export class Cascade {
  readonly account: Account;
  /** Who keeps something of the user's. */
  readonly holders: readonly Holder[];
  readonly #powers: CascadePowers;
  readonly #begun: ForgetReceipt;
  readonly #holding: Pending['holding'];
  readonly #progress: Progress;

  private constructor(
    powers: CascadePowers,
    { receipt: begun, holding }: Omit<Pending, 'run'>,
    progress: Progress,
    holders: readonly Holder[],
  ) {
    this.#powers = powers;
    this.#begun = begun;
    this.#holding = holding;
    this.#progress = progress;
    this.holders = holders;
    this.account = new Account(powers.log, begun);
  }

  /** Looks who keeps something of the user's now. */
  static async begin(powers: CascadePowers, pending: Pending, progress: Progress): Promise<Cascade> {
    const { run: wish, receipt: begun, holding } = pending;
    const { holders, untold } = await findHolders(powers.bus);
    const { untold: _, ...rest } = begun;
    const { backups: __, ...open } = rest;
    const isBack = holders.some(({ plugin, runs }) => runs && begun.failed.some((each) => each.plugin === plugin));
    // What goes now is in the backup that was made before: a kill must not leave that for done.
    if (begun.backups !== undefined && isBack) await powers.ledger.begin({ run: wish, receipt: open });
    const receipt = { ...rest, ...(untold.length > 0 && { untold }) };
    return new Cascade(powers, { receipt, ...(holding !== undefined && { holding }) }, progress, holders);
  }

  /** Has each plugin remove what it is told to; undefined is for those that are told nothing. Whether all of them did. */
  async remove(orderOf: (plugin: string) => ForgetOrder | undefined): Promise<boolean> {
    const { bus } = this.#powers;
    let isDone = true;
    for (const [done, { plugin, runs }] of this.holders.entries()) {
      await this.#progress({ phase: 'removing', done, total: this.holders.length });
      const order = orderOf(plugin);
      if (order === undefined) continue;
      const did = await this.account.attempt(plugin, async () => {
        if (!runs) throw absence(plugin);
        const { kinds } = await bus.request(`plugin.${plugin}.forget.run.v1`, order, { timeoutMs: REMOVE_TIMEOUT_MS });
        this.account.add(plugin, kinds);
      });
      isDone &&= did;
    }
    return isDone;
  }

  /** The receipt as it stands. What becomes of backups is known at the end. */
  get receipt(): ForgetReceipt {
    const { backups: _, ...receipt } = this.account.on(this.#begun);
    return receipt;
  }

  /** Wipes files, deals with backups, and leaves the receipt and a record in the audit. */
  async finish(wish: Wish): Promise<ForgetReceipt> {
    const { bus, ledger, onShredded } = this.#powers;
    const { account } = this;
    await this.#progress({ phase: 'settling', done: 0, total: 1 });
    await account.attempt(STORAGE, () => this.#settle());
    // Those that were made unreadable before did not hold what the one that was made then does, if anything went since.
    let backups = account.removed > sumOf(this.#begun.removed) ? undefined : this.#begun.backups;
    if (wish.backups && backups === undefined && (account.removed > 0 || !isEmpty(wish))) {
      if (this.#mustBackupsWait) account.fail(BACKUP, 'PRIVACY_BACKUP_WAITS');
      else
        await account.attempt(BACKUP, async () => {
          backups = await this.#shred(wish);
          if (backups !== undefined) await onShredded();
        });
    }
    const receipt = { ...this.receipt, ...(backups !== undefined && { backups }) };
    await ledger.note(wish, receipt);
    // A try that changed nothing is no news.
    if (isSame(receipt, this.#begun)) return receipt;
    await bus.request('kernel.trail.note.v1', { kind: 'data.forgotten', by: receipt.by, details: detailsOf(receipt) });
    return receipt;
  }

  /**
   * A backup that was made now would hold what is not removed yet, and another one would have to follow soon. What is switched off may
   * stay so for good: nobody waits for that, and the other one follows when it is on.
   */
  get #mustBackupsWait(): boolean {
    const off = new Set(this.holders.filter(({ isOff }) => isOff).map(({ plugin }) => plugin));
    return this.account.failed.some((plugin) => !off.has(plugin));
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

  /** Undefined where there are none. While that is not known it fails, so that the wish stays pending. */
  async #shred(wish: Wish): Promise<ForgetReceipt['backups']> {
    const { bus, ledger } = this.#powers;
    const list = await listBackups(bus);
    const there = whatHolds(list);
    if (there.length === 0) return undefined;
    const gone = this.#shreddedBefore(list);
    if (gone !== undefined) return gone;
    // The backup that is made now holds this: brought back out of it, later ones are not taken for older ones.
    await ledger.begin({ run: wish, receipt: this.receipt, holding: there });
    const stream = bus.stream('backup.shred.v1', {}, { timeoutMs: BACKUP_SILENCE_MS });
    for await (const { done, total } of stream) await this.#progress({ phase: 'backup', done, total });
    const { made, removed }: BackupShredded = await stream.result;
    return { made, removed: removed.length };
  }

  /** What became of backups, where a run that was cut short, or that is in a backup that was brought back, came as far as that. */
  #shreddedBefore(list: BackupList): ForgetReceipt['backups'] {
    const holding = this.#holding;
    if (holding === undefined || this.account.removed > sumOf(this.#begun.removed)) return undefined;
    const { backups, ahead = 0 } = list;
    const made = backups[backups.length - ahead - 1]?.id;
    const there = new Set(whatHolds(list));
    return made === undefined || holding.some((id) => there.has(id)) ? undefined : { made, removed: holding.length };
  }
}

/** Nothing was found that may be in a backup. */
function isEmpty(wish: Wish): boolean {
  return 'items' in wish && wish.items.length === 0;
}

function isSame(receipt: ForgetReceipt, before: ForgetReceipt): boolean {
  const told = ({ removed, failed, backups }: ForgetReceipt): string => JSON.stringify([removed, failed, backups]);
  return before.failed.length > 0 && told(receipt) === told(before);
}

/** What the audit keeps of it: numbers, and no word of what it was. */
function detailsOf({ id, scope, removed, failed, backups, untold = [], heldUntil }: ForgetReceipt) {
  const counts = removed.map((each) => `${each.plugin} ${each.kind} ${each.removed}`).join(', ');
  const open = failed.map(({ plugin }) => plugin).join(', ');
  return {
    receipt: id,
    scope,
    removed: counts.slice(0, 500),
    ...(failed.length > 0 && { open: open.slice(0, 500) }),
    ...(untold.length > 0 && { untold: untold.join(', ').slice(0, 500) }),
    ...(backups !== undefined && { backups: String(backups.removed), backup: backups.made }),
    ...(backups === undefined && heldUntil !== undefined && { heldUntil }),
  };
}
