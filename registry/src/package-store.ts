import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PluginReference, PluginSource, VerifiedPackage } from '@aico/kernel/contracts';
import { AicoError, isAicoError } from '@aico/schemas';
import semver from 'semver';
import { packageFileName } from './pack-plugin.ts';
import { readPackageFile } from './package-file.ts';
import { readPackage } from './read-package.ts';
import type { TrustStore } from './trust-store.ts';
import { verifyPackage } from './verify-package.ts';
import type { VersionLedger } from './version-ledger.ts';
import { writeAtomically } from './write-atomically.ts';

/** An id holds no dot, so the version begins at the number before the first one. */
const FILE_NAME = /^(?<id>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)-(?<version>[0-9]+\.[0-9]+\.[0-9]+(?:[-+].*)?)\.aico\.tgz$/;

/** What a store works with. */
export interface PackageStoreOptions {
  /** Where packages are installed; made at the first installation. */
  readonly folder: string;
  /** Where packages lie that came with the product; never written to. */
  readonly shipped?: string;
  /** Read anew for each load, so that a revoked key is refused from then on. */
  readonly trust: () => Promise<TrustStore>;
  readonly ledger: VersionLedger;
}

/** Packages as files, one per plugin and version, verified each time that one is loaded. */
export class PackageStore implements PluginSource {
  readonly #options: PackageStoreOptions;

  constructor(options: PackageStoreOptions) {
    this.#options = options;
  }

  /** The newest package of each plugin, by id, of those that count. Nothing of them is verified yet. */
  async list(counts: (reference: PluginReference) => boolean = () => true): Promise<readonly PluginReference[]> {
    const newest = new Map<string, PluginReference>();
    for (const reference of (await this.#all()).filter(counts)) {
      const other = newest.get(reference.id);
      if (other === undefined || semver.gt(reference.version, other.version)) newest.set(reference.id, reference);
    }
    return [...newest.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Reads a package once and verifies the bytes that it answers. @throws AicoError REGISTRY_… */
  async load(reference: PluginReference): Promise<VerifiedPackage> {
    const { id, version, location } = reference;
    const verified = await this.#open(location);
    const { manifest } = verified;
    if (manifest.id !== id || manifest.version !== version) {
      const details = { id: manifest.id, version: manifest.version };
      throw new AicoError('REGISTRY_PACKAGE_MISPLACED', { subject: location, details });
    }
    if (this.#isInstalled(reference)) await this.#refuseDowngrade(id, version);
    return verified;
  }

  /** Verifies a package file and lays it ready beside what is installed. @throws AicoError REGISTRY_… */
  async install(path: string): Promise<PluginReference> {
    const bytes = await readPackageFile(path);
    const { manifest, signer } = await this.#verify(bytes, basename(path));
    const { id, version } = manifest;
    const location = join(this.#readyFolder, packageFileName(id, version));
    const failed = (cause: unknown): never => {
      throw storeFailed(location, cause);
    };
    await mkdir(this.#readyFolder, { recursive: true, mode: 0o700 }).catch(failed);
    await this.#refuseTakeover(id, signer);
    await this.#refuseDowngrade(id, version);
    await writeAtomically(location, bytes).catch(failed);
    return { id, version, location };
  }

  /** Puts a package that lies ready in the place of every other version. @throws AicoError REGISTRY_STORE_FAILED */
  async keep({ id, version, location: ready }: PluginReference): Promise<PluginReference> {
    const location = join(this.#options.folder, basename(ready));
    await rename(ready, location).catch((cause: unknown) => Promise.reject(storeFailed(location, cause)));
    await this.#options.ledger.record(id, version);
    await this.#removeFiles((other) => other.id === id && other.version !== version);
    return { id, version, location };
  }

  /** Forgets a package that lies ready. */
  async discard({ location }: PluginReference): Promise<void> {
    if (dirname(location) === this.#readyFolder) await rm(location, { force: true });
  }

  /** What lies ready, such as what an earlier process left without an answer. Nothing of it is verified yet. */
  ready(): Promise<readonly PluginReference[]> {
    return listPackages(this.#readyFolder);
  }

  /** Forgets an installed package, and which version it was. @throws AicoError REGISTRY_PLUGIN_UNKNOWN, REGISTRY_PLUGIN_REQUIRED */
  async remove(id: string): Promise<void> {
    const present = (await this.#all()).filter((reference) => reference.id === id);
    if (!present.some((reference) => this.#isInstalled(reference))) {
      throw new AicoError(present.length > 0 ? 'REGISTRY_PLUGIN_REQUIRED' : 'REGISTRY_PLUGIN_UNKNOWN', { subject: id });
    }
    await this.#removeFiles((reference) => reference.id === id);
    await this.#options.ledger.forget(id);
  }

  get #readyFolder(): string {
    return join(this.#options.folder, 'ready');
  }

  async #open(path: string): Promise<VerifiedPackage> {
    return this.#verify(await readPackageFile(path), basename(path));
  }

  async #verify(bytes: Uint8Array, subject: string): Promise<VerifiedPackage> {
    return verifyPackage(readPackage(bytes, subject), await this.#options.trust(), subject);
  }

  async #refuseDowngrade(id: string, version: string): Promise<void> {
    const highest = await this.#options.ledger.highest(id);
    if (highest === undefined || semver.gte(version, highest)) return;
    throw new AicoError('REGISTRY_DOWNGRADE', { subject: id, details: { version, highest } });
  }

  /**
   * A stranger's plugin under the name of another would be given its data, and what is meant for it. An installed package
   * that does not verify any more has no signer to be faithful to.
   */
  async #refuseTakeover(id: string, signer: VerifiedPackage['signer']): Promise<void> {
    for (const reference of (await this.#all()).filter((each) => each.id === id)) {
      const isInstalled = this.#isInstalled(reference);
      const before = await this.#open(reference.location).catch((error: unknown) => {
        if (isInstalled && isAicoError(error)) return undefined;
        throw error;
      });
      if (before === undefined || before.signer.keyId === signer.keyId) continue;
      if (!isInstalled) throw new AicoError('REGISTRY_PLUGIN_TAKEN', { subject: id });
      const details = { signer: signer.name, before: before.signer.name };
      throw new AicoError('REGISTRY_SIGNER_CHANGED', { subject: id, details });
    }
  }

  async #removeFiles(choose: (reference: PluginReference) => boolean): Promise<void> {
    const chosen = (await this.#all()).filter((reference) => this.#isInstalled(reference) && choose(reference));
    for (const { location } of chosen) {
      await rm(location, { force: true }).catch((cause: unknown) => Promise.reject(storeFailed(location, cause)));
    }
  }

  #isInstalled({ location }: PluginReference): boolean {
    return location === join(this.#options.folder, basename(location));
  }

  async #all(): Promise<PluginReference[]> {
    const { folder, shipped } = this.#options;
    const folders = shipped === undefined ? [folder] : [folder, shipped];
    return (await Promise.all(folders.map(listPackages))).flat();
  }
}

async function listPackages(folder: string): Promise<PluginReference[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw unreadable(folder, cause);
  });
  return names.flatMap((name) => {
    const { id, version } = FILE_NAME.exec(name)?.groups ?? {};
    if (id === undefined || version === undefined || semver.valid(version) === null) return [];
    return [{ id, version, location: join(folder, name) }];
  });
}

function unreadable(path: string, cause: unknown): AicoError {
  return new AicoError('REGISTRY_PACKAGE_UNREADABLE', { subject: path, details: { problem: messageOf(cause) }, cause });
}

function storeFailed(path: string, cause: unknown): AicoError {
  return new AicoError('REGISTRY_STORE_FAILED', { subject: path, details: { problem: messageOf(cause) }, cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
