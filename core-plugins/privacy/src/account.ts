import { type ForgetReceipt, isAicoError, type Log } from '@aico/sdk';

/** What went so far and where, who took part, and where it is not done yet. */
export class Account {
  readonly #log: Pick<Log, 'warn'>;
  readonly #removed: Map<string, ForgetReceipt['removed'][number]>;
  readonly #took: Set<string>;
  readonly #failed = new Map<string, string>();
  /** When it was confirmed, RFC 3339. */
  readonly at: string;

  /** Goes on from a receipt; what failed is tried anew. */
  constructor(log: Pick<Log, 'warn'>, { at, removed, took = [] }: ForgetReceipt) {
    this.#log = log;
    this.at = at;
    this.#removed = new Map(removed.map((each) => [`${each.plugin} ${each.kind}`, { ...each }]));
    this.#took = new Set(took);
  }

  /** Where it is not done. */
  get failed(): readonly string[] {
    return [...this.#failed.keys()];
  }

  /** How much went everywhere. */
  get removed(): number {
    return sumOf([...this.#removed.values()]);
  }

  /** Whether a plugin did its part. */
  hasTaken(plugin: string): boolean {
    return this.#took.has(plugin);
  }

  /** How much went there. */
  removedBy(plugin: string): number {
    return sumOf([...this.#removed.values()].filter((each) => each.plugin === plugin));
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

/** How much went, in all. */
export function sumOf(removed: ForgetReceipt['removed']): number {
  return removed.reduce((sum, each) => sum + each.removed, 0);
}
