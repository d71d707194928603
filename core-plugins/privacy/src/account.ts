import { type ForgetReceipt, isAicoError, type Log } from '@aico/sdk';

/** What went so far and where, who took part, and where it is not done yet. */
export class Account {
  readonly #log: Pick<Log, 'warn'>;
  readonly #removed: Map<string, ForgetReceipt['removed'][number]>;
  readonly #took: Set<string>;
  readonly #failed = new Map<string, string>();

  /** Goes on from a receipt; what failed is tried anew. */
  constructor(log: Pick<Log, 'warn'>, { removed, took = [] }: ForgetReceipt) {
    this.#log = log;
    this.#removed = new Map(removed.map((each) => [`${each.plugin} ${each.kind}`, { ...each }]));
    this.#took = new Set(took);
  }

  get hasFailed(): boolean {
    return this.#failed.size > 0;
  }

  /** How much went there. */
  removedBy(plugin: string): number {
    const own = [...this.#removed.values()].filter((each) => each.plugin === plugin);
    return own.reduce((sum, { removed }) => sum + removed, 0);
  }

  add(plugin: string, kinds: readonly { readonly kind: string; readonly removed: number }[]): void {
    this.#took.add(plugin);
    for (const { kind, removed } of kinds) {
      const key = `${plugin} ${kind}`;
      const sum = (this.#removed.get(key)?.removed ?? 0) + removed;
      if (sum > 0) this.#removed.set(key, { plugin, kind, removed: sum });
    }
  }

  fail(plugin: string, code: string): void {
    this.#took.delete(plugin);
    this.#failed.set(plugin, code);
  }

  /** Whether a plugin did its part; if not, that is told, and tried again later. */
  async attempt(plugin: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      const code = isAicoError(error) ? error.code : 'SDK_HANDLER_FAILED';
      this.#log.warn('Not everything is forgotten yet; it is tried again.', { plugin, code });
      this.fail(plugin, code);
      return false;
    }
  }

  /** The receipt as it stands. */
  on(begun: ForgetReceipt): ForgetReceipt {
    const failed = [...this.#failed].map(([plugin, code]) => ({ plugin, code }));
    const took = [...this.#took].filter((plugin) => !this.#failed.has(plugin)).sort();
    return { ...begun, removed: [...this.#removed.values()], failed, ...(took.length > 0 && { took }) };
  }
}
