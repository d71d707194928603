import type { ForgetChoice, ForgetReceipt, ForgetRun, RetentionKind, Storage } from '@aico/sdk';

/** What goes for its age. */
export interface AgeRun {
  /** RFC 3339: what is older goes. */
  readonly age: Readonly<Partial<Record<RetentionKind, string>>>;
  readonly backups: boolean;
  /** What was begun and is not gone everywhere. */
  readonly left: readonly ForgetChoice[];
}

export type Wish = ForgetRun | AgeRun;

/** What is not done everywhere yet: ids alone, and what to ask those for who could not be asked; never contents. */
export interface Pending {
  readonly run: Wish;
  readonly receipt: ForgetReceipt;
  /** Backups that are to go, once all else is done. Those that come later are made without it. */
  readonly holding?: readonly string[];
}

const PENDING = 'pending/';
const RECEIPT = 'receipt/';
const MOST_RECEIPTS = 200;
/** Of what goes by itself, day by day; the audit keeps its record of each. */
const MOST_AGE_RECEIPTS = 100;

/** Receipts, and what is not done yet. */
export class Ledger {
  readonly #storage: Pick<Storage, 'set' | 'delete' | 'list'>;

  constructor(storage: Pick<Storage, 'set' | 'delete' | 'list'>) {
    this.#storage = storage;
  }

  async pending(): Promise<Pending[]> {
    return (await this.#all<Pending>(PENDING)).map(({ value }) => value);
  }

  async begin(pending: Pending): Promise<void> {
    await this.#storage.set(PENDING + pending.receipt.id, pending);
  }

  /** Keeps a receipt; what failed stays pending. */
  async note(run: Wish, receipt: ForgetReceipt): Promise<void> {
    await this.#storage.set(`${RECEIPT}${receipt.at} ${receipt.id}`, receipt);
    if (receipt.scope === 'age') await this.#prune();
    if (receipt.failed.length > 0) await this.begin({ run, receipt });
    else await this.#storage.delete(PENDING + receipt.id);
  }

  /** Newest first. */
  async receipts(): Promise<ForgetReceipt[]> {
    const kept = await this.#all<ForgetReceipt>(RECEIPT);
    return kept
      .reverse()
      .slice(0, MOST_RECEIPTS)
      .map(({ value }) => value);
  }

  /** What goes by itself does not push out what somebody asked for. */
  async #prune(): Promise<void> {
    const old = (await this.#all<ForgetReceipt>(RECEIPT)).filter(({ value }) => value.scope === 'age');
    for (const { key } of old.slice(0, -MOST_AGE_RECEIPTS)) await this.#storage.delete(key);
  }

  async #all<Value>(prefix: string): Promise<{ readonly key: string; readonly value: Value }[]> {
    const found: { readonly key: string; readonly value: Value }[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.#storage.list<Value>({ prefix, ...(after !== undefined && { after }) });
      found.push(...page.entries);
      after = page.next;
      if (after === undefined) return found;
    }
  }
}
