import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSigningKey, formatTrustStore, packFiles, readTrustStore, trustKey } from '@aico/registry';
import type { Manifest } from '@aico/schemas';
import { expect, test } from 'vitest';
import { judgeSigner, rememberKey } from '../../src/author/signer-trust.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = createSigningKey();
const MANIFEST = JSON.parse(readFileSync(join(import.meta.dirname, '../../template/plugin.json'), 'utf8')) as Manifest;

function packed(changes: Partial<Manifest> = {}): Uint8Array {
  const manifest = { ...MANIFEST, ...changes };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const files = new Map([
    ['plugin.json', bytes(JSON.stringify(manifest))],
    [manifest.main, bytes('export default {};')],
  ]);
  return packFiles(manifest, files, KEY);
}

test('a whole package of an unknown key can be asked about; trust would be for isolated plugins [UPD-3]', () => {
  expect(judgeSigner(packed(), new Map(), 'hello')).toMatchObject({
    manifest: { id: 'hello' },
    key: { keyId: KEY.keyId, tiers: ['isolated'], revoked: false, name: `You (${KEY.keyId.slice(0, 8)})` },
    refusal: { code: 'REGISTRY_SIGNER_UNKNOWN' },
  });
});

test('a known key needs no question, and a revoked one gets none [UPD-3]', () => {
  const known = trustKey(KEY, 'Ada', ['isolated']);
  expect(judgeSigner(packed(), new Map([[KEY.keyId, known]]), 'hello')).toBeUndefined();
  const revoked = new Map([[KEY.keyId, { ...known, revoked: true }]]);
  expect(() => judgeSigner(packed(), revoked, 'hello')).toThrow(
    expect.objectContaining({ code: 'REGISTRY_SIGNER_REVOKED' }),
  );
});

test('nobody is asked about an unknown key that wants more than a sandbox [UPD-3, PLG-2]', () => {
  const judge = () => judgeSigner(packed({ tier: 'trusted' }), new Map(), 'hello');
  expect(judge).toThrow(expect.objectContaining({ code: 'REGISTRY_TIER_NOT_ALLOWED' }));
});

test('a key is remembered beside those that are known, in a file for its owner alone [UPD-3]', async () => {
  const file = join(mkdtempSync(join(temporaryFolder(), 'home-')), 'trust.json');
  const other = trustKey(createSigningKey(), 'Eve', ['isolated']);
  writeFileSync(file, formatTrustStore([{ ...other, revoked: true }]));
  await rememberKey(file, trustKey(KEY, 'Ada', ['isolated']));
  const store = await readTrustStore(file);
  expect([store.get(other.keyId)?.revoked, store.get(KEY.keyId)?.name]).toEqual([true, 'Ada']);
  expect(statSync(file).mode & 0o077).toBe(0);
});
