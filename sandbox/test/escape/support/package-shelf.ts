import type { PluginReference, PluginSource, VerifiedPackage } from '@aico/kernel';
import type { Manifest } from '@aico/schemas';

const STRANGER = { keyId: 'stranger', name: 'a stranger' };

export interface ShelvedPlugin {
  readonly id: string;
  readonly code: string;
  readonly permissions?: readonly Pick<Manifest['permissions'][number], 'verb' | 'topic'>[];
  readonly quota?: NonNullable<Manifest['quota']>;
  readonly lifecycle?: NonNullable<Manifest['lifecycle']>;
  /** Whether AICO's own people made it, who need no sandbox. */
  readonly isTrusted?: boolean;
}

/** Packages of plugins that are one file each. */
export class PackageShelf implements PluginSource {
  readonly #plugins = new Map<string, ShelvedPlugin>();

  put(plugin: ShelvedPlugin): void {
    this.#plugins.set(plugin.id, plugin);
  }

  async list(): Promise<readonly PluginReference[]> {
    return [...this.#plugins.keys()].map(referenceOf);
  }

  async load({ id }: PluginReference): Promise<VerifiedPackage> {
    const plugin = this.#plugins.get(id);
    if (plugin === undefined) throw new Error(`no ${id}`);
    const text = new TextEncoder();
    const manifest = manifestOf(plugin);
    return {
      manifest,
      files: new Map([
        ['plugin.json', text.encode('{}')],
        ['index.js', text.encode(plugin.code)],
      ]),
      signer: plugin.isTrusted ? { keyId: 'first', name: 'AICO', tiers: ['trusted'] } : STRANGER,
      tier: manifest.tier,
      digest: '0'.repeat(64),
    };
  }

  async install(id: string): Promise<PluginReference> {
    return referenceOf(id);
  }

  async ready(): Promise<readonly PluginReference[]> {
    return [];
  }

  async keep(reference: PluginReference): Promise<PluginReference> {
    return reference;
  }

  async discard(): Promise<void> {}

  async remove(id: string): Promise<void> {
    this.#plugins.delete(id);
  }
}

function referenceOf(id: string): PluginReference {
  return { id, version: '1.0.0', location: id };
}

function manifestOf({ id, permissions = [], quota, lifecycle, isTrusted }: ShelvedPlugin): Manifest {
  return {
    id,
    name: id,
    version: '1.0.0',
    description: 'A plugin of a stranger.',
    author: 'a stranger',
    tier: isTrusted ? 'trusted' : 'isolated',
    main: 'index.js',
    engines: { aico: '*' },
    permissions: permissions.map((permission) => ({ ...permission, reason: 'For the test.' })),
    ...(quota && { quota }),
    ...(lifecycle && { lifecycle }),
  };
}
