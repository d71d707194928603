/** Conditions that plugins set and others wait for, e.g. `vault.unlocked`. One holds only while its holder runs. */
export class Conditions {
  readonly #holders = new Map<string, string>();
  readonly #onChange: (name: string, holds: boolean) => void;

  constructor(onChange: (name: string, holds: boolean) => void) {
    this.#onChange = onChange;
  }

  holds(name: string): boolean {
    return this.#holders.has(name);
  }

  all(): Readonly<Record<string, boolean>> {
    return Object.fromEntries([...this.#holders.keys()].map((name) => [name, true]));
  }

  set(name: string, holder: string, holds: boolean): void {
    if (this.#holders.has(name) === holds) return;
    // Nobody takes back what another says.
    if (!holds && this.#holders.get(name) !== holder) return;
    if (holds) this.#holders.set(name, holder);
    else this.#holders.delete(name);
    this.#onChange(name, holds);
  }

  /** The holder stopped: what it said holds no more. */
  dropHolder(holder: string): void {
    for (const [name, by] of [...this.#holders]) {
      if (by === holder) this.set(name, holder, false);
    }
  }
}
