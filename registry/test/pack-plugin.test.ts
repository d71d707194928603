import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packFiles, packPlugin, readPackage, verifyPackage } from '../src/index.ts';
import { filesOf, folderOf, KEY, manifestOf, refusalOf, TRUST } from './plugin-maker.ts';

const FOLDER = {
  'plugin.json': JSON.stringify(manifestOf()),
  'dist/bundle/index.js': 'export default 1;\n',
  'README.md': '# Demo\n',
  'migrations/001-start.sql': 'create table t (x);\n',
  'ui-dist/index.html': '<!doctype html>\n',
  'ui-dist/assets/app.js': '1\n',
};

test('packs what a plugin needs to run and nothing else of its folder [PLG-9]', async () => {
  const folder = await folderOf({
    ...FOLDER,
    'src/index.ts': '',
    '.env': 'SECRET=1',
    'package.json': '{}',
    'dist/other.js': '',
  });
  const { bytes, fileName } = await packPlugin(folder, KEY);
  expect(fileName).toBe('demo-1.0.0.aico.tgz');
  expect([...readPackage(bytes, fileName).keys()]).toEqual([
    'SIGNATURE.json',
    'README.md',
    'dist/bundle/index.js',
    'migrations/001-start.sql',
    'plugin.json',
    'ui/assets/app.js',
    'ui/index.html',
  ]);
});

test('packs the map of the bundle as a signed file of its own, unless it is large [PLG-9]', async () => {
  const packed = async (map: string): Promise<boolean> => {
    const { bytes } = await packPlugin(await folderOf({ ...FOLDER, 'dist/bundle/index.js.map': map }), KEY);
    return verifyPackage(readPackage(bytes, 'demo'), TRUST, 'demo').files.has('dist/bundle/index.js.map');
  };
  expect([await packed('{}'), await packed(' '.repeat(256 * 1024 + 1))]).toEqual([true, false]);
});

test('packs the same folder to the same bytes, whenever and in whatever order it was written [PLG-9]', async () => {
  const one = await packPlugin(await folderOf(FOLDER), KEY);
  const other = await packPlugin(await folderOf(Object.fromEntries(Object.entries(FOLDER).reverse())), KEY);
  expect(Buffer.compare(one.bytes, other.bytes)).toBe(0);
});

test('packs a package that verifies against the key that signed it [PLG-9]', async () => {
  const { bytes, manifest } = await packPlugin(await folderOf(FOLDER), KEY);
  const verified = verifyPackage(readPackage(bytes, 'demo'), TRUST, 'demo');
  expect(verified).toMatchObject({ manifest, tier: 'isolated', signer: { keyId: KEY.keyId, name: 'Ada' } });
});

test('names the built file that a folder lacks [PLG-9]', async () => {
  const folder = await folderOf({ 'plugin.json': FOLDER['plugin.json'] });
  const error = await refusalOf('REGISTRY_FOLDER_INVALID', () => packPlugin(folder, KEY));
  expect(error.message).toContain('dist/bundle/index.js cannot be read');
});

test('refuses a main that lies outside of the folder [PLG-9]', async () => {
  const folder = await folderOf({ 'plugin.json': JSON.stringify(manifestOf({ main: '../other/index.js' })) });
  const error = await refusalOf('REGISTRY_FOLDER_INVALID', () => packPlugin(folder, KEY));
  expect(error.message).toContain('../other/index.js');
});

test.for(['README.md', 'migrations/002-secrets.sql', 'ui-dist/secrets'])(
  'packs no link, which could bring in a private file: %s [SEC-4]',
  async (name, { skip }) => {
    skip(process.platform === 'win32', 'Windows lets few make links');
    const folder = await folderOf({ ...FOLDER, 'private/key': 'secret' });
    await rm(join(folder, name), { force: true });
    await symlink(join(folder, 'private/key'), join(folder, name));
    const error = await refusalOf('REGISTRY_ENTRY_UNSAFE', () => packPlugin(folder, KEY));
    expect(error.details['file']).toBe(name);
  },
);

test('refuses a folder with names that some systems cannot tell apart [PLG-9]', async () => {
  const files = filesOf(manifestOf(), { 'ui/App.js': '1', 'ui/app.js': '2' });
  const error = await refusalOf('REGISTRY_ENTRY_UNSAFE', () => packFiles(manifestOf(), files, KEY));
  expect(error.message).toContain('ui/app.js');
});
