import type { ForgetWish } from '../forget/forget-wish.ts';

/** What can lie over a page; one at a time. */
export type Overlay = 'menu' | 'models' | 'drawer' | 'forget';

export class Overlays {
  #open = $state<Overlay | undefined>();
  #wish: ForgetWish | undefined;

  get open(): Overlay | undefined {
    return this.#open;
  }

  /** What the dialog is about that forgets. */
  get wish(): ForgetWish | undefined {
    return this.#wish;
  }

  /** Shows what would be forgotten, to be confirmed. */
  forget(wish: ForgetWish): void {
    this.#wish = wish;
    this.#open = 'forget';
  }

  show(overlay: Overlay): void {
    this.#open = overlay;
  }

  /** Closes this overlay, unless another took its place meanwhile. */
  hide(overlay: Overlay): void {
    if (this.#open === overlay) this.#open = undefined;
  }
}
