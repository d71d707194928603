import { chmod, copyFile, mkdir, readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PluginReference } from '@aico/kernel/contracts';
import { expect, onTestFinished, test } from 'vitest';
import {
  createSigningKey,
  FileVersionLedger,
  PackageStore,
  packFiles,
  type TrustStore,
  trustKey,
} from '../src/index.ts';
import { filesOf, folderOf, KEY, manifestOf, packageOf, refusalOf, TRUST } from './plugin-maker.ts';

interface Shelf {
  readonly store: PackageStore;
  readonly home: string;
  readonly folder: string;
  trust: TrustStore;
  /** Writes a package of the version to the shelf's home, and answers its path. */
  bring(version: string, id?: string): Promise<string>;
}

async function shelf(): Promise<Shelf> {
  const home = await folderOf();
  await mkdir(join(home, 'shipped'));
  const made: Shelf = {
    home,
    folder: join(home, 'plugins'),
    trust: TRUST,
    store: new PackageStore({
      folder: join(home, 'plugins'),
      shipped: join(home, 'shipped'),
      trust: async () => made.trust,
      ledger: new FileVersionLedger(join(home, 'versions.json')),
    }),
    async bring(version, id = 'demo') {
      const path = join(home, `brought-${id}-${version}.tgz`);
      await writeFile(path, packageOf(manifestOf({ id, version })));
      return path;
    },
  };
  return made;
}

/** Lays a package ready and takes it. */
async function installed(store: PackageStore, path: string): Promise<PluginReference> {
  return store.keep(await store.install(path));
}

test('installs, lists, loads and removes a package [PLG-8]', async () => {
  const { store, folder, bring } = await shelf();
  const reference = await installed(store, await bring('1.0.0'));
  expect(reference).toEqual({ id: 'demo', version: '1.0.0', location: join(folder, 'demo-1.0.0.aico.tgz') });
  expect(await store.list()).toEqual([reference]);
  expect((await store.load(reference)).manifest).toEqual(manifestOf());
  await store.remove('demo');
  expect(await store.list()).toEqual([]);
});

test('lists nothing where nothing was installed yet [PLG-8]', async () => {
  expect(await (await shelf()).store.list()).toEqual([]);
});

test('keeps one version of a plugin, the one installed last, and no file half written [UPD-3]', async () => {
  const { store, folder, bring } = await shelf();
  await installed(store, await bring('1.9.0'));
  await installed(store, await bring('1.10.0'));
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(['demo-1.10.0.aico.tgz', 'ready']);
});

test('lays a newer version ready beside the one that is installed, until it is taken or forgotten [UPD-3, UPD-4]', async () => {
  const { store, folder, bring } = await shelf();
  const running = await installed(store, await bring('1.0.0'));
  const ready = await store.install(await bring('1.1.0'));
  expect((await store.load(ready)).manifest).toMatchObject({ version: '1.1.0' });
  expect(await store.list()).toEqual([running]);
  await store.discard(ready);
  expect(await store.list()).toEqual([running]);
  await refusalOf('REGISTRY_PACKAGE_UNREADABLE', () => store.load(ready));
  const later = await store.install(await bring('1.2.0'));
  expect(await store.ready()).toEqual([later]);
  await store.discard(later);
  expect(await store.ready()).toEqual([]);
  expect(await store.list()).toEqual([running]);
  expect((await store.load(running)).manifest).toMatchObject({ version: '1.0.0' });
  const taken = await installed(store, await bring('1.2.0'));
  expect(await store.list()).toEqual([{ ...taken, location: join(folder, 'demo-1.2.0.aico.tgz') }]);
});

test('what was installed is never forgotten as if it lay ready [UPD-4]', async () => {
  const { store, bring } = await shelf();
  const running = await installed(store, await bring('1.0.0'));
  await store.discard(running);
  expect(await store.list()).toEqual([running]);
});

test('installs the same version again [UPD-3]', async () => {
  const { store, bring } = await shelf();
  await installed(store, await bring('1.0.0'));
  await installed(store, await bring('1.0.0'));
  expect(await store.list()).toHaveLength(1);
});

test('refuses to install an older version, and keeps the newer one [UPD-3]', async () => {
  const { store, bring } = await shelf();
  await installed(store, await bring('1.10.0'));
  const older = await bring('1.9.0');
  const error = await refusalOf('REGISTRY_DOWNGRADE', () => store.install(older));
  expect(error.message).toBe('demo 1.9.0 is older than 1.10.0, which was installed here before.');
  expect(await store.list()).toMatchObject([{ version: '1.10.0' }]);
});

test('refuses to load an older package that was put in the place of a newer one [UPD-3]', async () => {
  const { store, folder, bring } = await shelf();
  const { location } = await installed(store, await bring('2.0.0'));
  await rename(location, join(folder, 'hidden'));
  await copyFile(await bring('1.0.0'), join(folder, 'demo-1.0.0.aico.tgz'));
  const [reference] = await store.list();
  await refusalOf('REGISTRY_DOWNGRADE', () => store.load(reference!));
});

test('refuses a package that lies under the name of another [SEC-4]', async () => {
  const { store, folder, bring } = await shelf();
  const { location } = await installed(store, await bring('1.0.0'));
  await rename(location, join(folder, 'vault-3.0.0.aico.tgz'));
  const [reference] = await store.list();
  const error = await refusalOf('REGISTRY_PACKAGE_MISPLACED', () => store.load(reference!));
  expect(error.details).toEqual({ id: 'demo', version: '1.0.0' });
});

test('installs nothing that it cannot verify, and leaves no trace of it [SEC-4]', async () => {
  const { store, home } = await shelf();
  const path = join(home, 'bad.tgz');
  const bytes = packageOf();
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(path, bytes);
  const error = await refusalOf('REGISTRY_PACKAGE_MALFORMED', () => store.install(path));
  expect(error.subject).toBe('bad.tgz');
  expect(await readdir(home)).toEqual(['bad.tgz', 'shipped']);
});

test('verifies at each load: a byte flipped after the installation is noticed [SEC-4]', async () => {
  const { store, bring } = await shelf();
  const reference = await installed(store, await bring('1.0.0'));
  await store.load(reference);
  const bytes = await readFile(reference.location);
  bytes[bytes.length - 8]! ^= 1;
  await writeFile(reference.location, bytes);
  const error = await refusalOf('REGISTRY_PACKAGE_MALFORMED', () => store.load(reference));
  expect(error.subject).toBe('demo-1.0.0.aico.tgz');
});

test('refuses from the next load on what a revoked key signed [SEC-4]', async () => {
  const made = await shelf();
  const reference = await installed(made.store, await made.bring('1.0.0'));
  made.trust = new Map([[KEY.keyId, { ...trustKey(KEY, 'Ada', ['isolated']), revoked: true }]]);
  await refusalOf('REGISTRY_SIGNER_REVOKED', () => made.store.load(reference));
});

test('offers what came with the product, unless a newer version was installed [PLG-8]', async () => {
  const { store, home, bring } = await shelf();
  await copyFile(await bring('1.0.0'), join(home, 'shipped/demo-1.0.0.aico.tgz'));
  expect(await store.list()).toMatchObject([{ version: '1.0.0', location: join(home, 'shipped/demo-1.0.0.aico.tgz') }]);
  await refusalOf('REGISTRY_PLUGIN_REQUIRED', () => store.remove('demo'));
  await installed(store, await bring('2.0.0'));
  expect(await store.list()).toMatchObject([{ version: '2.0.0' }]);
  await store.remove('demo');
  const [reference] = await store.list();
  expect((await store.load(reference!)).manifest.version).toBe('1.0.0');
});

test('lists by id, and passes over files that are no packages [PLG-8]', async () => {
  const { store, folder, bring } = await shelf();
  for (const id of ['zeta', 'alpha', 'a-1']) await installed(store, await bring('1.0.0-beta.1', id));
  await writeFile(join(folder, 'notes.txt'), '');
  await writeFile(join(folder, '.half.part'), '');
  expect((await store.list()).map(({ id }) => id)).toEqual(['a-1', 'alpha', 'zeta']);
});

test('names what is not there [PLG-8]', async () => {
  const { store, home } = await shelf();
  await refusalOf('REGISTRY_PLUGIN_UNKNOWN', () => store.remove('none'));
  const error = await refusalOf('REGISTRY_PACKAGE_UNREADABLE', () => store.install(join(home, 'none.tgz')));
  expect(error.subject).toBe(join(home, 'none.tgz'));
});

test('reads no folder, and no file that is larger than any package [PLG-8]', async () => {
  const { store, home } = await shelf();
  const error = await refusalOf('REGISTRY_PACKAGE_UNREADABLE', () => store.install(home));
  expect(error.details['problem']).toBe('it is not a file');
  await truncate(await touch(join(home, 'huge.tgz')), 300 * 1024 * 1024);
  await refusalOf('REGISTRY_TOO_LARGE', () => store.install(join(home, 'huge.tgz')));
});

async function touch(path: string): Promise<string> {
  await writeFile(path, '');
  return path;
}

test('says that its folder cannot be written [PLG-8]', async ({ skip }) => {
  skip(process.platform === 'win32', 'Windows has no such modes');
  skip(process.getuid?.() === 0, 'root may write everywhere');
  const { store, home, bring } = await shelf();
  const path = await bring('1.0.0');
  await chmod(home, 0o500);
  onTestFinished(() => chmod(home, 0o700));
  await refusalOf('REGISTRY_STORE_FAILED', () => store.install(path));
});

test('says that its folder is no folder [PLG-8]', async () => {
  const { store, folder, bring } = await shelf();
  await writeFile(folder, '');
  await refusalOf('REGISTRY_STORE_FAILED', async () => store.install(await bring('1.0.0')));
  await refusalOf('REGISTRY_PACKAGE_UNREADABLE', () => store.list());
});

test('lets only the key that signed a shipped plugin replace it [PLG-8, SEC-6]', async () => {
  const made = await shelf();
  const { store, home, bring } = made;
  await copyFile(await bring('1.0.0'), join(home, 'shipped', 'demo-1.0.0.aico.tgz'));
  const stranger = createSigningKey();
  made.trust = new Map([...TRUST, [stranger.keyId, trustKey(stranger, 'Eve', ['isolated', 'trusted'])]]);
  const path = join(home, 'stranger.tgz');
  const manifest = manifestOf({ version: '9.0.0' });
  await writeFile(path, packFiles(manifest, filesOf(manifest), stranger));
  await refusalOf('REGISTRY_PLUGIN_TAKEN', () => store.install(path));
  expect((await store.list()).map(({ version }) => version)).toEqual(['1.0.0']);
  expect(await installed(store, await bring('2.0.0'))).toMatchObject({ version: '2.0.0' });
});

test('lets only the key that signed an installed plugin replace it, until that is uninstalled or void [PLG-8, SEC-6]', async () => {
  const made = await shelf();
  const { store, home, bring } = made;
  await installed(store, await bring('1.0.0'));
  const stranger = createSigningKey();
  const strangers = [stranger.keyId, trustKey(stranger, 'Eve', ['isolated'])] as const;
  made.trust = new Map([...TRUST, strangers]);
  const path = join(home, 'stranger.tgz');
  const manifest = manifestOf({ version: '2.0.0' });
  await writeFile(path, packFiles(manifest, filesOf(manifest), stranger));
  const refusal = await refusalOf('REGISTRY_SIGNER_CHANGED', () => store.install(path));
  expect(refusal.message).toBe('This demo is signed with a key of Eve; the installed one with another, of Ada.');
  expect((await store.list()).map(({ version }) => version)).toEqual(['1.0.0']);
  made.trust = new Map([strangers]);
  expect(await store.install(path)).toMatchObject({ version: '2.0.0' });
});
