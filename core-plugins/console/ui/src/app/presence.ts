/** For so long after the last touch somebody is taken to be there, who may just be reading. */
const THERE_MS = 60_000;
const TOUCHES = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const;

export interface PresenceOptions {
  /** Where touches are heard. */
  readonly page: EventTarget;
  readonly now: () => number;
  /** Whether the browser knows of a touch a moment ago, which tells also of one within a plugin's view. */
  readonly wasTouched: () => boolean;
}

/** Whether somebody is at the page. A pointer that merely moves is no sign: browsers say so when the page moves under it. */
export class Presence {
  readonly #options: PresenceOptions;
  #at: number;

  /** Whoever opened the page is there. */
  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#at = options.now();
    for (const touch of TOUCHES)
      options.page.addEventListener(touch, () => this.#touched(), { capture: true, passive: true });
  }

  get isThere(): boolean {
    const { now, wasTouched } = this.#options;
    if (wasTouched()) this.#touched();
    return now() - this.#at < THERE_MS;
  }

  #touched(): void {
    this.#at = this.#options.now();
  }
}
