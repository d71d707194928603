import type { PluginReference, PluginSource, VerifiedPackage } from '@aico/kernel';
import { AicoError, explain, type Manifest, validators } from '@aico/schemas';
import type { PluginDefinition } from '@aico/sdk';

/** A plugin as a test gives it. */
export interface TestPlugin {
  readonly manifest: Manifest;
  readonly definition: PluginDefinition;
  /** Files of the package, e.g. `ui/index.html`. */
  readonly assets?: ReadonlyMap<string, Uint8Array>;
  readonly dataFolder?: string;
}

/** Plugins that a test brought along; the manifest is checked as the real loader does. */
export class MemorySource implements PluginSource {
  readonly plugins: Map<string, TestPlugin> = new Map();

  async list(): Promise<readonly PluginReference[]> {
    return [...this.plugins.values()].map(({ manifest }) => referenceOf(manifest));
  }

  async load(reference: PluginReference): Promise<VerifiedPackage> {
    const plugin = this.#get(reference.id);
    const { manifest } = plugin;
    const isManifest = validators['manifest#Manifest'];
    if (!isManifest(manifest)) {
      const details = { problem: explain(isManifest).sentence };
      throw new AicoError('KERNEL_PAYLOAD_INVALID', { subject: 'plugin.json', details });
    }
    const signer = { keyId: 'test', name: 'the test' };
    return { manifest, files: plugin.assets ?? new Map(), signer, tier: manifest.tier, digest: 'test' };
  }

  /** `path` is the id of a plugin that was added before. */
  async install(path: string): Promise<PluginReference> {
    return referenceOf(this.#get(path).manifest);
  }

  async ready(): Promise<readonly PluginReference[]> {
    return [];
  }

  async keep(reference: PluginReference): Promise<PluginReference> {
    return reference;
  }

  async discard(): Promise<void> {}

  async remove(id: string): Promise<void> {
    this.plugins.delete(id);
  }

  #get(id: string): TestPlugin {
    const plugin = this.plugins.get(id);
    if (plugin === undefined) throw new AicoError('KERNEL_PLUGIN_UNKNOWN', { subject: id });
    return plugin;
  }
}

function referenceOf(manifest: Manifest): PluginReference {
  return { id: manifest.id, version: manifest.version, location: `test:${manifest.id}` };
}
