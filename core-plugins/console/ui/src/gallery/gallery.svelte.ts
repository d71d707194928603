import type { GalleryOffer, PermissionDecision } from '@aico/sdk';
import { SvelteSet } from 'svelte/reactivity';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';

/** The plugins that came along and can be installed. */
export class GalleryShelf {
  readonly #bus: Bus;
  #offers = $state.raw<readonly GalleryOffer[] | undefined>();
  #error = $state.raw<ApiError | undefined>();
  /** Plugins that are being installed or removed. */
  readonly busy: SvelteSet<string> = new SvelteSet();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** Undefined until they were read once. */
  get offers(): readonly GalleryOffer[] | undefined {
    return this.#offers;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }

  /** Keeps the list as things come and go; returns its undo. */
  follow(): () => void {
    return this.#bus.subscribe('kernel.plugin.changed.v1', () => void this.load());
  }

  async load(): Promise<void> {
    try {
      this.#offers = (await this.#bus.request('kernel.gallery.list.v1', {})).offers;
      this.#error = undefined;
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  /** @throws ApiError */
  install(id: string, decisions: PermissionDecision[]): Promise<void> {
    return this.#work(id, () => this.#bus.request('kernel.gallery.install.v1', { id, decisions }));
  }

  /** @param withData whether what it stored goes, too @throws ApiError */
  remove(id: string, withData: boolean): Promise<void> {
    return this.#work(id, async () => {
      await this.#bus.request('kernel.plugin.uninstall.v1', { id });
      if (withData) await this.#bus.request('privacy.plugin.erase.v1', { id });
    });
  }

  async #work(id: string, work: () => Promise<unknown>): Promise<void> {
    this.busy.add(id);
    try {
      await work();
      await this.load();
    } catch (error) {
      throw toApiError(error);
    } finally {
      this.busy.delete(id);
    }
  }
}
