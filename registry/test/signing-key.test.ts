import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSigningKey, readSigningKey, writeSigningKey } from '../src/index.ts';
import { folderOf, refusalOf } from './plugin-maker.ts';

async function writtenKey(): Promise<string> {
  const path = join(await folderOf(), 'key.json');
  await writeSigningKey(path, createSigningKey());
  return path;
}

test('reads back the key that it wrote [PLG-9]', async () => {
  const path = join(await folderOf(), 'key.json');
  const key = createSigningKey();
  await writeSigningKey(path, key);
  expect(await readSigningKey(path)).toEqual(key);
});

const NO_MODES = 'Windows has no such modes';

test('writes a key that its owner alone can read [SEC-4]', async ({ skip }) => {
  skip(process.platform === 'win32', NO_MODES);
  expect((await stat(await writtenKey())).mode & 0o777).toBe(0o600);
});

test('does not write over a key [PLG-9]', async () => {
  const path = await writtenKey();
  const before = await readFile(path, 'utf8');
  await refusalOf('REGISTRY_KEY_INVALID', () => writeSigningKey(path, createSigningKey()));
  expect(await readFile(path, 'utf8')).toBe(before);
});

test.for([0o640, 0o604, 0o660, 0o644])(
  'refuses a key that others can reach, mode %i [SEC-4]',
  async (mode, { skip }) => {
    skip(process.platform === 'win32', NO_MODES);
    const path = await writtenKey();
    await chmod(path, mode);
    const error = await refusalOf('REGISTRY_KEY_EXPOSED', () => readSigningKey(path));
    expect(error.subject).toBe(path);
  },
);

test.each<[string, (key: Record<string, unknown>) => unknown, string]>([
  ['that is not JSON', () => undefined, 'it is not JSON'],
  ['without a key', ({ secretKey: _, ...rest }) => rest, 'it holds no key'],
  ['with null', () => null, 'it holds no key'],
  ['of another format', (key) => ({ ...key, format: 2 }), 'it holds no key'],
  ['with the id of another key', (key) => ({ ...key, keyId: '0'.repeat(64) }), 'its parts do not belong together'],
  ['with the public half of another key', swapHalf, 'its parts do not belong together'],
])('refuses a key file %s, without quoting it [SEC-4]', async (_, change, problem) => {
  const path = await writtenKey();
  const key = JSON.parse(await readFile(path, 'utf8'));
  const altered = change(key);
  await writeFile(path, altered === undefined ? `${key.secretKey} {` : JSON.stringify(altered));
  const error = await refusalOf('REGISTRY_KEY_INVALID', () => readSigningKey(path));
  expect(error.details['problem']).toBe(problem);
  expect(`${error.stack} ${error.cause}`).not.toContain(key.secretKey.slice(0, 8));
});

test('says that a key file is missing [PLG-9]', async () => {
  const path = join(await folderOf(), 'none.json');
  await refusalOf('REGISTRY_KEY_INVALID', () => readSigningKey(path));
});

function swapHalf(key: Record<string, unknown>): unknown {
  const secretKey = Buffer.from(String(key['secretKey']), 'base64');
  secretKey.set(createSigningKey().publicKey, 32);
  return { ...key, secretKey: secretKey.toString('base64') };
}
