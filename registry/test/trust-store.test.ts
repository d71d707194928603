import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  combineTrust,
  createSigningKey,
  formatTrustStore,
  parseTrustStore,
  readTrustStore,
  trustKey,
} from '../src/index.ts';
import { folderOf, refusalOf } from './plugin-maker.ts';

const ADA = trustKey(createSigningKey(), 'Ada', ['isolated', 'trusted']);
const BOB = trustKey(createSigningKey(), 'Bob', ['isolated']);

test('reads back the keys that it wrote, revoked ones included [SEC-4]', async () => {
  const path = join(await folderOf(), 'trust.json');
  const keys = [ADA, { ...BOB, revoked: true }];
  await writeFile(path, formatTrustStore(keys));
  expect([...(await readTrustStore(path)).values()]).toEqual(keys);
});

test('joins stores: tiers add up, and a key that one store revokes is revoked [SEC-4]', () => {
  const joined = combineTrust(
    [ADA, BOB],
    [
      { ...BOB, tiers: ['trusted'] },
      { ...ADA, revoked: true },
    ],
  );
  expect([...joined.values()].map(({ name, tiers, revoked }) => ({ name, tiers, revoked }))).toEqual([
    { name: 'Ada', tiers: ['isolated', 'trusted'], revoked: true },
    { name: 'Bob', tiers: ['isolated', 'trusted'], revoked: false },
  ]);
});

test('refuses a key under the id of another [SEC-4]', async () => {
  const text = formatTrustStore([{ ...ADA, keyId: BOB.keyId }]);
  const error = await refusalOf('REGISTRY_TRUST_INVALID', () => parseTrustStore(text, 'trust.json'));
  expect(error.message).toContain('is not the one of its id');
});

test.each([
  ['{', 'it is not JSON'],
  ['{"format":1}', 'keys is missing'],
  ['{"format":2,"keys":[]}', 'format must be 1'],
  ['{"format":1,"keys":[],"key":[]}', 'key is not a known key; the nearest known one is "keys"'],
])('trusts nothing of a store that it cannot read whole: %s [SEC-4]', async (text, problem) => {
  const error = await refusalOf('REGISTRY_TRUST_INVALID', () => parseTrustStore(text, 'trust.json'));
  expect(error.details['problem']).toBe(problem);
});

test('says that the store is missing, rather than to trust everything or nothing silently [SEC-4]', async () => {
  const path = join(await folderOf(), 'trust.json');
  const error = await refusalOf('REGISTRY_TRUST_INVALID', () => readTrustStore(path));
  expect(error.subject).toBe(path);
});
