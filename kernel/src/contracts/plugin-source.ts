import type { Manifest } from '@aico/schemas';

/** A plugin that can be loaded, before anything of it is trusted. */
export interface PluginReference {
  readonly id: string;
  readonly version: string;
  /** Where it lies, for messages to people. */
  readonly location: string;
}

/** A package whose every byte was checked against its signature. */
export interface VerifiedPackage {
  readonly manifest: Manifest;
  /** Path in the package → bytes; the bytes that were verified are the bytes that run. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whose key signed it, and the tiers that the key allows. */
  readonly signer: {
    readonly keyId: string;
    readonly name: string;
    readonly tiers?: readonly ('isolated' | 'trusted')[];
  };
  /** The tier that both the manifest asks for and the signer's key allows. */
  readonly tier: 'isolated' | 'trusted';
  /** SHA-256 of the package, hex. */
  readonly digest: string;
}

/** Where plugins come from. Verification runs at every load. */
export interface PluginSource {
  list(): Promise<readonly PluginReference[]>;
  /** @throws AicoError REGISTRY_… naming the file and the rule */
  load(reference: PluginReference): Promise<VerifiedPackage>;
  /** Verifies a package from a file and lays it ready, beside the version that is installed. */
  install(path: string): Promise<PluginReference>;
  /** What lies ready since an earlier start. */
  ready(): Promise<readonly PluginReference[]>;
  /** Puts a package that lies ready in the place of every other version. */
  keep(reference: PluginReference): Promise<PluginReference>;
  /** Forgets a package that lies ready; the version that is installed stays. */
  discard(reference: PluginReference): Promise<void>;
  /** Forgets an installed package. */
  remove(id: string): Promise<void>;
}
