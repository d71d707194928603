import { AicoError, type ForgetReceipt, type ForgetRun } from '@aico/sdk';
import { ageOut } from './age-out.ts';
import { askLate } from './ask-late.ts';
import { Cascade, type CascadePowers, type Progress } from './cascade.ts';
import type { AgeRun, Pending } from './ledger.ts';
import { orderFor } from './order.ts';

export interface ForgettingPowers extends CascadePowers {
  readonly now: () => Date;
}

/** Who asks for what goes for its age. */
const ITSELF = 'privacy';

/** Forgets one thing at a time, everywhere. What was begun is done to its end, whoever is killed. */
export class Forgetting {
  readonly #powers: ForgettingPowers;
  #isBusy = false;

  constructor(powers: ForgettingPowers) {
    this.#powers = powers;
  }

  /**
   * Forgets what was confirmed. A part that fails is told in the receipt and tried again later.
   * @param heldUntil up to when backups hold it that stay @throws AicoError PRIVACY_BUSY, PRIVACY_SEARCH_EMPTY
   */
  forget(run: ForgetRun, by: string, progress: Progress, heldUntil?: string): Promise<ForgetReceipt> {
    if (run.items.length === 0 && run.unasked === undefined)
      throw new AicoError('PRIVACY_SEARCH_EMPTY', { subject: 'forget' });
    return this.#alone(async () => {
      const receipt = this.#begun(run.scope, by, heldUntil);
      await this.#powers.ledger.begin({ run, receipt });
      return this.#carryOut({ run, receipt }, run, progress);
    });
  }

  /** Forgets what is too old. @param heldUntil up to when backups hold it @throws AicoError PRIVACY_BUSY */
  forgetOld(run: AgeRun, heldUntil: string | undefined): Promise<ForgetReceipt> {
    return this.#alone(async () => {
      const receipt = this.#begun('age', ITSELF, heldUntil);
      await this.#powers.ledger.begin({ run, receipt });
      return ageOut(this.#powers, { run, receipt }, run);
    });
  }

  /** Goes on with what is not done yet. */
  async resume(): Promise<void> {
    if (this.#isBusy) return;
    await this.#alone(async () => {
      for (const pending of await this.#powers.ledger.pending()) {
        const { run } = pending;
        if ('age' in run) await ageOut(this.#powers, pending, run);
        else await this.#carryOut(pending, run, async () => {});
      }
    });
  }

  async #carryOut(pending: Pending, run: ForgetRun, progress: Progress): Promise<ForgetReceipt> {
    const { bus, ledger } = this.#powers;
    const cascade = await Cascade.begin(this.#powers, pending, progress);
    const { holders, account } = cascade;
    let wish = run;
    do {
      const asked = await askLate(bus, holders, account, wish);
      const fresh = asked.items.slice(wish.items.length);
      // Others are told ids that are with their plugin no more, once that removed them: so they are written down first.
      if (fresh.length > 0) await ledger.begin({ run: asked, receipt: { ...cascade.receipt, took: [] } });
      wish = asked;
      const { items } = wish;
      // Who did a part is not told of it again: the journal would remove what came since.
      await cascade.remove((plugin) => {
        const meant = account.hasTaken(plugin) ? fresh : items;
        return meant.length === 0 ? undefined : orderFor(plugin, meant);
      });
    } while (wish.unasked !== undefined && account.failed.length === 0);
    return cascade.finish(wish);
  }

  #begun(scope: ForgetReceipt['scope'], by: string, heldUntil: string | undefined): ForgetReceipt {
    const at = this.#powers.now().toISOString();
    const held = heldUntil === undefined ? {} : { heldUntil };
    return { id: crypto.randomUUID(), at, scope, by, removed: [], failed: [], ...held };
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
