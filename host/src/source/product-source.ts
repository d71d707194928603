import { dirname } from 'node:path';
import type { PluginReference, PluginSource, VerifiedPackage } from '@aico/kernel/contracts';
import type { PackageStore } from '@aico/registry';
import type { PluginSettings } from '../configuration/check-settings.ts';

/** What tells the product's plugins from others that were built beside them. */
export interface ProductSourceOptions {
  readonly store: Pick<PackageStore, keyof PluginSource>;
  /** The folder of the first-party packages. */
  readonly shipped: string;
  /** Which of them belong to the product. */
  readonly isPart: (id: string) => boolean;
}

/**
 * The plugins of one product: the first-party ones that its distribution names, and everything that the user installed.
 * At the start each package is read and verified once; the bytes that were verified then are the ones that run.
 */
export class ProductSource implements PluginSource {
  readonly #options: ProductSourceOptions;
  readonly #verified = new Map<string, VerifiedPackage>();

  constructor(options: ProductSourceOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly PluginReference[]> {
    const { store, shipped, isPart } = this.#options;
    // What was built beside the product and is no part of it must not hide what the user installed.
    return store.list(({ id, location }) => dirname(location) !== shipped || isPart(id));
  }

  async load(reference: PluginReference): Promise<VerifiedPackage> {
    const { location } = reference;
    const verified = this.#verified.get(location);
    this.#verified.delete(location);
    return verified ?? this.#options.store.load(reference);
  }

  install(path: string): Promise<PluginReference> {
    return this.#options.store.install(path);
  }

  ready(): Promise<readonly PluginReference[]> {
    return this.#options.store.ready();
  }

  keep(reference: PluginReference): Promise<PluginReference> {
    return this.#options.store.keep(reference);
  }

  discard(reference: PluginReference): Promise<void> {
    return this.#options.store.discard(reference);
  }

  remove(id: string): Promise<void> {
    return this.#options.store.remove(id);
  }

  /** At a start: verifies every package ahead, also those that are no part of the product, and tells which settings each knows. */
  async verifyAll(): Promise<readonly PluginSettings[]> {
    const own = new Map((await this.list()).map((reference) => [reference.id, reference]));
    const all = await this.#options.store.list();
    const references = [...all.filter(({ id }) => !own.has(id)), ...own.values()];
    return Promise.all(references.map((reference) => this.#verify(reference, own.has(reference.id))));
  }

  /** Lets go of what was verified and not loaded. */
  release(): void {
    this.#verified.clear();
  }

  async #verify(reference: PluginReference, isOwn: boolean): Promise<PluginSettings> {
    const { id, location } = reference;
    try {
      const verified = await this.#options.store.load(reference);
      if (isOwn) this.#verified.set(location, verified);
      return { id, schema: verified.manifest.configuration };
    } catch {
      // The kernel loads it again, is refused again, and tells the user why.
      return { id, schema: 'unreadable' };
    }
  }
}
