import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { linkPackages } from '../../src/author/link-packages.ts';
import { installFolders } from '../../src/install-folders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { root } = installFolders();
const sdk = (folder: string): string => join(folder, 'node_modules/@aico/sdk');

test('a plugin finds the SDK of this install, and finds it again after its node_modules went [PLG-9]', async () => {
  const folder = temporaryFolder();
  for (let times = 0; times < 2; times++) {
    await linkPackages(folder, root);
    await linkPackages(folder, root);
    expect(realpathSync(sdk(folder))).toBe(realpathSync(join(root, 'sdk')));
    expect(existsSync(join(folder, 'node_modules/@aico/sdk-testing/package.json'))).toBe(true);
    rmSync(join(folder, 'node_modules'), { recursive: true });
  }
});

test('a link to an install that is gone is made anew, and what the author installed is left alone [PLG-9]', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules/@aico'), { recursive: true });
  mkdirSync(join(folder, 'node_modules/typescript'));
  symlinkSync(join(folder, 'gone'), sdk(folder));
  await linkPackages(folder, root);
  expect(realpathSync(sdk(folder))).toBe(realpathSync(join(root, 'sdk')));
  expect(readlinkSync(sdk(folder))).not.toContain('gone');
  expect(lstatSync(join(folder, 'node_modules/typescript')).isSymbolicLink()).toBe(false);
});

test('a plugin of the checkout gets no links [PLG-9]', async () => {
  const sample = join(root, 'samples/dice');
  const before = readdirSync(sample);
  await linkPackages(sample, root);
  expect(readdirSync(sample)).toEqual(before);
});
