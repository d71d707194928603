import { join } from 'node:path';
import type { Gallery, VerifiedPackage } from '@aico/kernel/contracts';
import { PACKAGES_FOLDER, PackageRegistry } from './package-registry.ts';
import { readPackage } from './read-package.ts';
import type { TrustStore } from './trust-store.ts';
import { verifyPackage } from './verify-package.ts';

/** What the gallery is made of. */
export interface GalleryFolderOptions {
  /** The folder of a registry. */
  readonly folder: string;
  readonly trust: () => Promise<TrustStore>;
  /** Told of a package that is left out, for the log. */
  readonly onRefused?: (id: string, error: unknown) => void;
}

/** A registry in a folder, as a gallery: works without any connection. */
export class GalleryFolder implements Gallery {
  readonly #options: GalleryFolderOptions;
  readonly #registry: PackageRegistry;

  constructor(options: GalleryFolderOptions) {
    this.#options = options;
    this.#registry = new PackageRegistry(options.folder);
  }

  /** @throws AicoError REGISTRY_INDEX_INVALID, REGISTRY_TRUST_INVALID */
  async list(): Promise<readonly VerifiedPackage[]> {
    const trust = await this.#options.trust();
    const packages = await Promise.all((await this.#registry.ids()).map((id) => this.#open(id, trust)));
    return packages.filter((each) => each !== undefined);
  }

  async open(id: string): Promise<VerifiedPackage | undefined> {
    if (!(await this.#registry.ids()).includes(id)) return undefined;
    return this.#open(id, await this.#options.trust());
  }

  async pathOf(id: string): Promise<string | undefined> {
    if (!(await this.#registry.ids()).includes(id)) return undefined;
    const { published } = await this.#registry.fetch(id);
    return join(this.#options.folder, PACKAGES_FOLDER, published.file);
  }

  /** One bad package spoils no other. */
  async #open(id: string, trust: TrustStore): Promise<VerifiedPackage | undefined> {
    try {
      const { published, content } = await this.#registry.fetch(id);
      return verifyPackage(readPackage(content, published.file), trust, published.file);
    } catch (error) {
      this.#options.onRefused?.(id, error);
      return undefined;
    }
  }
}
