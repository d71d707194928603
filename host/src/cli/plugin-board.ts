import type { PluginChanged } from '@aico/schemas';

/** What is known of the plugins during a start, from the changes that were told. */
export class PluginBoard {
  readonly #last = new Map<string, PluginChanged>();

  note(change: PluginChanged): void {
    this.#last.set(change.id, change);
  }

  /** Those that should run. */
  get wanted(): readonly PluginChanged[] {
    return [...this.#last.values()].filter(({ enabled }) => enabled);
  }

  get active(): readonly PluginChanged[] {
    return this.wanted.filter(({ to }) => to === 'active');
  }

  /** Those on their way, for people who wait. */
  get underway(): readonly PluginChanged[] {
    return this.wanted.filter(({ to }) => to === 'verifying' || to === 'starting');
  }

  /** Those that wait for something, such as the open vault. */
  get waiting(): readonly PluginChanged[] {
    return this.wanted.filter(({ to, error }) => to === 'pending' && error === undefined);
  }

  get failed(): readonly PluginChanged[] {
    return this.wanted.filter(({ to, error }) => error !== undefined && to !== 'active');
  }
}
