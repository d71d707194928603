import type { ForgetWish } from '../forget/forget-wish.ts';

/** What can lie over a page; one at a time. */
export type Overlay = 'menu' | 'models' | 'drawer' | 'forget';

export class Overlays {
  #open = $state<Overlay | undefined>();
  #wish: ForgetWish | undefined;
  #forgot = false;

  get open(): Overlay | undefined {
    return this.#open;
  }

  /** What the dialog is about that forgets. */
  get wish(): ForgetWish | undefined {
    return this.#wish;
  }

  /** Whether it was confirmed, and is forgotten. */
  get forgot(): boolean {
    return this.#forgot;
  }

  /** Shows what would be forgotten, to be confirmed. */
  forget(wish: ForgetWish): void {
    this.#wish = wish;
    this.#forgot = false;
    this.#open = 'forget';
  }

  /** What was wished for is forgotten. */
  fulfil(): void {
    this.#forgot = true;
  }

  show(overlay: Overlay): void {
    this.#open = overlay;
  }

  /** Closes this overlay, unless another took its place meanwhile. */
  hide(overlay: Overlay): void {
    if (this.#open === overlay) this.#open = undefined;
  }

  /** Closes whichever is open, and lets go of what it was about. */
  clear(): void {
    this.#open = undefined;
    this.#wish = undefined;
    this.#forgot = false;
  }
}
