/** What can lie over a page; one at a time. */
export type Overlay = 'menu' | 'models' | 'drawer';

export class Overlays {
  #open = $state<Overlay | undefined>();

  get open(): Overlay | undefined {
    return this.#open;
  }

  show(overlay: Overlay): void {
    this.#open = overlay;
  }

  /** Closes this overlay, unless another took its place meanwhile. */
  hide(overlay: Overlay): void {
    if (this.#open === overlay) this.#open = undefined;
  }
}
