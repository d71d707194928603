import type { ForgetReceipt, ForgetRun, Storage } from '@aico/sdk';

/** What was confirmed and is not done everywhere yet: ids alone, never contents. */
export interface Pending {
  readonly run: ForgetRun;
  readonly receipt: ForgetReceipt;
}

const PENDING = 'pending/';
const RECEIPT = 'receipt/';
const MOST_RECEIPTS = 200;

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
  async note(run: ForgetRun, receipt: ForgetReceipt): Promise<void> {
    await this.#storage.set(`${RECEIPT}${receipt.at} ${receipt.id}`, receipt);
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
