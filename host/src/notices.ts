import type { Notice } from '@aico/schemas';

/** What the user should know. Notices may come before anybody listens; none is lost. */
export class Notices {
  readonly #early: Notice[] = [];
  #handler: ((notice: Notice) => void) | undefined;

  tell(notice: Notice): void {
    if (this.#handler === undefined) this.#early.push(notice);
    else this.#handler(notice);
  }

  /** Hears every notice, those of before first; set once. */
  connect(handler: (notice: Notice) => void): void {
    this.#handler = handler;
    for (const notice of this.#early.splice(0)) handler(notice);
  }
}
