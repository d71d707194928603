import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSigningKey, PackageRegistry, packFiles, packUnsigned } from '../src/index.ts';
import { filesOf, folderOf, KEY, manifestOf, packageOf, refusalOf } from './plugin-maker.ts';

/** A package file on the disk. */
async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(await folderOf(), 'some.aico.tgz');
  await writeFile(path, bytes);
  return path;
}

async function registryOf(...versions: string[]): Promise<{ registry: PackageRegistry; folder: string }> {
  const folder = join(await folderOf(), 'registry');
  const registry = new PackageRegistry(folder);
  for (const version of versions) await registry.publish(await fileOf(packageOf(manifestOf({ version }))));
  return { registry, folder };
}

test('a published package is in the index with its digest and its signer, and is given as it was [PLG-9]', async () => {
  const { registry, folder } = await registryOf('1.0.0');
  const { published, content } = await registry.fetch('demo');
  expect(Buffer.compare(content, packageOf())).toBe(0);
  expect(published).toMatchObject({ id: 'demo', version: '1.0.0', keyId: KEY.keyId, bytes: content.length });
  const { id, ...entry } = published;
  expect(JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'))).toEqual({
    format: 1,
    plugins: [{ id, name: 'Demo', description: 'Shows how a plugin is packed.', versions: [entry] }],
  });
});

test('a version is published once, also with other bytes [PLG-9]', async () => {
  const { registry } = await registryOf('1.0.0');
  const other = packageOf(manifestOf({ description: 'Another.' }));
  await refusalOf('REGISTRY_VERSION_TAKEN', async () => registry.publish(await fileOf(other)));
  const again = packageOf(manifestOf({ version: '1.0.0+build.2' }));
  await refusalOf('REGISTRY_VERSION_TAKEN', async () => registry.publish(await fileOf(again)));
  expect(Buffer.compare((await registry.fetch('demo')).content, packageOf())).toBe(0);
});

test('the newest finished version is given unless another is named [PLG-9]', async () => {
  const { registry } = await registryOf('1.9.0', '1.10.0', '2.0.0-beta.1', '1.2.0');
  expect((await registry.fetch('demo')).published.version).toBe('1.10.0');
  expect((await registry.fetch('demo', '2.0.0-beta.1')).published.version).toBe('2.0.0-beta.1');
  const refusal = await refusalOf('REGISTRY_VERSION_UNKNOWN', () => registry.fetch('demo', '3.0.0'));
  expect(refusal.fix).toBe('Published are: 1.2.0, 1.9.0, 1.10.0, 2.0.0-beta.1.');
  expect(refusal.message).toBe('The registry holds no demo 3.0.0.');
  const other = await refusalOf('REGISTRY_VERSION_UNKNOWN', () => registry.fetch('other'));
  expect(other.message).toBe('The registry holds no other.');
});

test('another key publishes no version of a plugin that it did not begin [UPD-3]', async () => {
  const { registry } = await registryOf('1.0.0');
  const manifest = manifestOf({ version: '1.0.1' });
  const stranger = packFiles(manifest, filesOf(manifest), createSigningKey());
  await refusalOf('REGISTRY_PUBLISHER_CHANGED', async () => registry.publish(await fileOf(stranger)));
});

test('what is not signed is not published [UPD-3]', async () => {
  const { registry } = await registryOf();
  const folder = await folderOf({ 'plugin.json': JSON.stringify(manifestOf()), 'dist/bundle/index.js': 'export {};' });
  const { bytes } = await packUnsigned(folder);
  await refusalOf('REGISTRY_UNSIGNED', async () => registry.publish(await fileOf(bytes)));
});

test('a package that was swapped in the folder is refused, though it is signed [UPD-3]', async () => {
  const { registry, folder } = await registryOf('1.0.0');
  const path = join(folder, 'packages', 'demo-1.0.0.aico.tgz');
  await writeFile(path, packageOf(manifestOf(), { 'README.md': 'Another.' }));
  const refusal = await refusalOf('REGISTRY_PACKAGE_SWAPPED', () => registry.fetch('demo'));
  expect(refusal.message).toContain('demo-1.0.0.aico.tgz');
});

test('an index that is damaged stops everything, and is left as it is [PLG-9]', async () => {
  const { registry, folder } = await registryOf('1.0.0');
  const index = join(folder, 'index.json');
  for (const text of ['{', '{"format":1}', '{"format":1,"plugins":[{"id":"demo"}]}']) {
    await writeFile(index, text);
    await refusalOf('REGISTRY_INDEX_INVALID', () => registry.fetch('demo'));
    const next = packageOf(manifestOf({ version: '1.0.1' }));
    await refusalOf('REGISTRY_INDEX_INVALID', async () => registry.publish(await fileOf(next)));
    expect(await readFile(index, 'utf8')).toBe(text);
  }
});

test('those who publish at once lose nothing, and leave no lock [PLG-9]', async () => {
  const { folder } = await registryOf();
  const versions = ['1.0.0', '1.0.1', '1.0.2', '1.0.3'];
  await Promise.all(
    versions.map(async (version) =>
      new PackageRegistry(folder).publish(await fileOf(packageOf(manifestOf({ version })))),
    ),
  );
  const { plugins } = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as {
    plugins: { versions: { version: string }[] }[];
  };
  expect(plugins[0]?.versions.map(({ version }) => version)).toEqual(versions);
  await expect(stat(join(folder, 'index.lock'))).rejects.toThrow('ENOENT');
});

test('a lock that somebody left is named after a while [PLG-9]', async () => {
  const { registry, folder } = await registryOf('1.0.0');
  await writeFile(join(folder, 'index.lock'), '');
  const next = await fileOf(packageOf(manifestOf({ version: '1.0.1' })));
  const refusal = await refusalOf('REGISTRY_INDEX_BUSY', () => registry.publish(next));
  expect(refusal.subject).toBe(join(folder, 'index.lock'));
});
