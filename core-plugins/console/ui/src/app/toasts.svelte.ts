/** A short notice at the edge of the page, with at most one thing to do about it. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'bad';
  readonly action?: { readonly label: string; run(): void };
}

const SHOWN_MS = 8_000;

/** The notices on show. They wait while a pointer or the focus rests on them, so that nobody loses an undo. */
export class Toasts {
  #items = $state.raw<readonly Toast[]>([]);
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #nextId = 1;

  get items(): readonly Toast[] {
    return this.#items;
  }

  show(toast: Omit<Toast, 'id' | 'tone'> & { readonly tone?: Toast['tone'] }): void {
    const id = this.#nextId++;
    this.#items = [...this.#items.slice(-2), { tone: 'plain', ...toast, id }];
    this.resume(id);
  }

  dismiss(id: number): void {
    this.pause(id);
    this.#items = this.#items.filter((toast) => toast.id !== id);
  }

  clear(): void {
    for (const { id } of this.#items) this.dismiss(id);
  }

  pause(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  resume(id: number): void {
    this.pause(id);
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), SHOWN_MS),
    );
  }
}
