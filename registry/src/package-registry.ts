import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AicoError,
  explain,
  type PublishedPlugin,
  type PublishedVersion,
  type RegistryIndex,
  validators,
} from '@aico/schemas';
import semver from 'semver';
import { sha256 } from './digest.ts';
import { packageFileName } from './pack-plugin.ts';
import { readPackageFile } from './package-file.ts';
import { readPackage } from './read-package.ts';
import { trustKey } from './trust-store.ts';
import { offeredKeys, verifyPackage } from './verify-package.ts';
import { writeAtomically } from './write-atomically.ts';

const INDEX_FILE = 'index.json';
/** Where the packages of a registry lie, in its folder. */
export const PACKAGES_FOLDER = 'packages';
const LOCK_FILE = 'index.lock';
/** What is published is there for others. */
const FOR_READERS = 0o644;
const LOCK_TRIES = 25;
const LOCK_TRY_EVERY_MS = 200;

/** A package as a registry gives it. */
export interface PublishedPackage extends PublishedVersion {
  readonly id: string;
}

/** A folder of published packages: an index that says what each is, and the packages themselves. */
export class PackageRegistry {
  readonly #folder: string;
  readonly #indexFile: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#indexFile = join(folder, INDEX_FILE);
  }

  /**
   * Adds a signed package. A version is published once, and each plugin by one key.
   * @throws AicoError REGISTRY_VERSION_TAKEN, REGISTRY_PUBLISHER_CHANGED, REGISTRY_INDEX_INVALID, REGISTRY_INDEX_BUSY,
   * REGISTRY_STORE_FAILED, or why the package is none
   */
  async publish(path: string): Promise<PublishedPackage> {
    const bytes = await readPackageFile(path);
    const files = readPackage(bytes, path);
    // Who may publish is for those to say who keep the folder; what is in it must be whole and signed.
    const keys = offeredKeys(files, path).map((key) => trustKey(key, key.keyId, ['isolated', 'trusted']));
    const { manifest, signer } = verifyPackage(files, new Map(keys.map((key) => [key.keyId, key])), path);
    const { id, name, description, version } = manifest;
    const file = packageFileName(id, version);
    const published = { version, file, bytes: bytes.length, sha256: sha256(bytes), keyId: signer.keyId };
    await mkdir(join(this.#folder, PACKAGES_FOLDER), { recursive: true }).catch((cause) =>
      this.#failed(this.#folder, cause),
    );
    await this.#alone(async () => {
      const index = await this.#read();
      const before = index.plugins.find((plugin) => plugin.id === id);
      assertAddable(before, id, published);
      const location = join(this.#folder, PACKAGES_FOLDER, file);
      await writeAtomically(location, bytes, FOR_READERS).catch((cause) => this.#failed(location, cause));
      const versions = [...(before?.versions ?? []), published].sort((one, other) =>
        semver.compare(one.version, other.version),
      );
      await this.#write([...index.plugins.filter((plugin) => plugin.id !== id), { id, name, description, versions }]);
    });
    return { id, ...published };
  }

  /** What is published, by id. @throws AicoError REGISTRY_INDEX_INVALID */
  async ids(): Promise<readonly string[]> {
    return (await this.#read()).plugins.map(({ id }) => id);
  }

  /**
   * The bytes of a published package, the newest when no version is named; one that is not as the index says is refused.
   * @throws AicoError REGISTRY_VERSION_UNKNOWN, REGISTRY_PACKAGE_SWAPPED, REGISTRY_PACKAGE_UNREADABLE, REGISTRY_INDEX_INVALID
   */
  async fetch(
    id: string,
    version?: string,
  ): Promise<{ readonly published: PublishedPackage; readonly content: Uint8Array }> {
    const { plugins } = await this.#read();
    const plugin = plugins.find((each) => each.id === id);
    const chosen = version === undefined ? newest(plugin) : plugin?.versions.find((each) => each.version === version);
    if (chosen === undefined) {
      const known = plugin?.versions.map((each) => each.version) ?? plugins.map((each) => each.id);
      const subject = version === undefined ? id : `${id} ${version}`;
      throw new AicoError('REGISTRY_VERSION_UNKNOWN', { subject, details: { known: known.join(', ') || 'none' } });
    }
    const content = await readPackageFile(join(this.#folder, PACKAGES_FOLDER, chosen.file));
    const keys = offeredKeys(readPackage(content, chosen.file), chosen.file);
    const problem = problemOf(
      chosen,
      content,
      keys.map(({ keyId }) => keyId),
    );
    if (problem !== undefined)
      throw new AicoError('REGISTRY_PACKAGE_SWAPPED', { subject: chosen.file, details: { problem } });
    return { published: { id, ...chosen }, content };
  }

  async #read(): Promise<RegistryIndex> {
    let text: string;
    try {
      text = await readFile(this.#indexFile, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { format: 1, plugins: [] };
      throw this.#invalid('it cannot be read', cause);
    }
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch (cause) {
      throw this.#invalid('it is not JSON', cause);
    }
    const validate = validators['registry#RegistryIndex'];
    if (!validate(data)) throw this.#invalid(explain(validate).sentence);
    return data;
  }

  async #write(plugins: readonly PublishedPlugin[]): Promise<void> {
    const sorted = [...plugins].sort((one, other) => (one.id < other.id ? -1 : 1));
    const text = `${JSON.stringify({ format: 1, plugins: sorted } satisfies RegistryIndex, undefined, 2)}\n`;
    await writeAtomically(this.#indexFile, text, FOR_READERS).catch((cause) => this.#failed(this.#indexFile, cause));
  }

  /** Two who publish at once would each lose what the other wrote. */
  async #alone(work: () => Promise<void>): Promise<void> {
    const lock = join(this.#folder, LOCK_FILE);
    for (let tries = 0; !(await this.#tryLock(lock)); tries++) {
      if (tries === LOCK_TRIES) throw new AicoError('REGISTRY_INDEX_BUSY', { subject: lock });
      await sleep(LOCK_TRY_EVERY_MS);
    }
    try {
      await work();
    } finally {
      await rm(lock, { force: true });
    }
  }

  async #tryLock(path: string): Promise<boolean> {
    try {
      await (await open(path, 'wx')).close();
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      return this.#failed(path, cause);
    }
  }

  #failed(subject: string, cause: unknown): never {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new AicoError('REGISTRY_STORE_FAILED', { subject, details: { problem }, cause });
  }

  #invalid(problem: string, cause?: unknown): AicoError {
    return new AicoError('REGISTRY_INDEX_INVALID', { subject: this.#indexFile, details: { problem }, cause });
  }
}

function assertAddable(plugin: PublishedPlugin | undefined, id: string, added: PublishedVersion): void {
  const { version, keyId } = added;
  const [first] = plugin?.versions ?? [];
  if (first !== undefined && first.keyId !== keyId) {
    throw new AicoError('REGISTRY_PUBLISHER_CHANGED', { subject: id, details: { before: first.keyId, keyId } });
  }
  // Versions that differ in their build alone count as one, and would take each other's place.
  if (plugin?.versions.some((each) => semver.eq(each.version, version))) {
    throw new AicoError('REGISTRY_VERSION_TAKEN', { subject: id, details: { version } });
  }
}

/** The highest version, a finished one where there is any. */
function newest(plugin: PublishedPlugin | undefined): PublishedVersion | undefined {
  const versions = plugin?.versions.toSorted((one, other) => semver.rcompare(one.version, other.version)) ?? [];
  return versions.find(({ version }) => semver.prerelease(version) === null) ?? versions[0];
}

function problemOf(expected: PublishedVersion, bytes: Uint8Array, keyIds: readonly string[]): string | undefined {
  if (bytes.length !== expected.bytes) return `it has ${bytes.length} bytes, not ${expected.bytes}`;
  if (sha256(bytes) !== expected.sha256) return 'its digest is another';
  return keyIds.includes(expected.keyId) ? undefined : 'another key signed it';
}
