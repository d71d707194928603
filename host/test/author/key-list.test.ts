import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSigningKey, formatTrustStore, readTrustStore, trustKey } from '@aico/registry';
import { expect, test } from 'vitest';
import { readKeys, revokeKey } from '../../src/author/key-list.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const BUILD = trustKey(createSigningKey(), 'This build', ['trusted', 'isolated']);
const ADA = trustKey(createSigningKey(), 'Ada', ['isolated']);
const EVE = trustKey(createSigningKey(), 'Eve', ['isolated']);

function files(): { build: string; own: string } {
  const folder = mkdtempSync(join(temporaryFolder(), 'trust-'));
  const [build, own] = [join(folder, 'build.json'), join(folder, 'own.json')];
  writeFileSync(build, formatTrustStore([BUILD]));
  writeFileSync(own, formatTrustStore([ADA, EVE]));
  return { build, own };
}

test('a key is revoked by the beginning of its fingerprint, and others stay as they are [UPD-3]', async () => {
  const { build, own } = files();
  await revokeKey(own, await readKeys(build, own), EVE.keyId.slice(0, 8).toUpperCase());
  const after = await readTrustStore(own);
  expect([after.get(ADA.keyId)?.revoked, after.get(EVE.keyId)?.revoked]).toEqual([false, true]);
  expect(statSync(own).mode & 0o077).toBe(0);
});

test.for([
  { what: 'too little of a fingerprint', key: EVE.keyId.slice(0, 7), code: 'HOST_KEY_UNKNOWN' },
  { what: 'no fingerprint at all', key: '', code: 'HOST_KEY_UNKNOWN' },
  { what: 'a key that nobody knows', key: 'f'.repeat(64), code: 'HOST_KEY_UNKNOWN' },
  { what: 'the key that AICO itself is signed with', key: BUILD.keyId, code: 'HOST_KEY_BUILT_IN' },
])('$what revokes nothing [UPD-3]', async ({ key, code }) => {
  const { build, own } = files();
  await expect(revokeKey(own, await readKeys(build, own), key)).rejects.toMatchObject({ code });
  expect([...(await readTrustStore(own)).values()].some(({ revoked }) => revoked)).toBe(false);
});
