import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSigningKey, GalleryFolder, PackageRegistry, packFiles } from '../src/index.ts';
import { filesOf, folderOf, manifestOf, packageOf, TRUST } from './plugin-maker.ts';

async function galleryOf(...packages: Uint8Array[]) {
  const folder = join(await folderOf(), 'gallery');
  for (const bytes of packages) {
    const path = join(await folderOf(), 'some.aico.tgz');
    await writeFile(path, bytes);
    await new PackageRegistry(folder).publish(path);
  }
  const refused: string[] = [];
  const onRefused = (id: string): void => void refused.push(id);
  return { gallery: new GalleryFolder({ folder, trust: async () => TRUST, onRefused }), folder, refused };
}

test('a gallery gives the newest version of each plugin, and where it lies [PLG-9]', async () => {
  const versions = ['1.0.0', '1.1.0'].map((version) => packageOf(manifestOf({ version })));
  const { gallery, folder } = await galleryOf(...versions, packageOf(manifestOf({ id: 'other' })));
  const found = (await gallery.list()).map(({ manifest: { id, version } }) => [id, version]);
  expect(found).toEqual([
    ['demo', '1.1.0'],
    ['other', '1.0.0'],
  ]);
  expect(await gallery.pathOf('demo')).toBe(join(folder, 'packages', 'demo-1.1.0.aico.tgz'));
  expect(await gallery.pathOf('none')).toBeUndefined();
});

test('a package of a key that is not trusted is left out, and spoils no other [SEC-7]', async () => {
  const manifest = manifestOf({ id: 'stranger' });
  const { gallery, refused } = await galleryOf(packageOf(), packFiles(manifest, filesOf(manifest), createSigningKey()));
  expect((await gallery.list()).map(({ manifest: { id } }) => id)).toEqual(['demo']);
  expect(refused).toEqual(['stranger']);
});

test('a gallery that is not there is empty [PLG-9]', async () => {
  const { gallery } = await galleryOf();
  expect(await gallery.list()).toEqual([]);
});
