import { expect, test } from 'vitest';
import { canonicalJson } from '../src/digest.ts';
import { encodeBase64 } from '../src/dsse.ts';
import {
  createSigningKey,
  offeredKeys,
  packPlugin,
  packUnsigned,
  readPackage,
  signPackage,
  trustKey,
  verifyPackage,
} from '../src/index.ts';
import { folderOf, KEY, manifestOf, packageOf, refusalOf, TRUST } from './plugin-maker.ts';

const FILES = { 'plugin.json': JSON.stringify(manifestOf()), 'dist/bundle/index.js': 'export default 1;\n' };

test('packing and then signing gives the bytes of doing both at once [UPD-3]', async () => {
  const folder = await folderOf(FILES);
  const { bytes, fileName } = await packUnsigned(folder);
  await refusalOf('REGISTRY_UNSIGNED', () => verifyPackage(readPackage(bytes, 'demo'), TRUST, 'demo'));
  const signed = signPackage(bytes, KEY, fileName);
  expect(Buffer.compare(signed.bytes, (await packPlugin(folder, KEY)).bytes)).toBe(0);
});

test('a second signature takes the place of the first [UPD-3]', () => {
  const other = createSigningKey();
  const { bytes } = signPackage(packageOf(), other, 'demo');
  const files = readPackage(bytes, 'demo');
  expect(offeredKeys(files, 'demo').map(({ keyId }) => keyId)).toEqual([other.keyId]);
  expect(verifyPackage(files, new Map([[other.keyId, trustKey(other, 'Eve', ['isolated'])]]), 'demo').signer.name).toBe(
    'Eve',
  );
});

test('a package offers the key of its signature, and no other under that id [UPD-3]', async () => {
  const files = new Map(readPackage(packageOf(), 'demo'));
  expect(offeredKeys(files, 'demo')).toEqual([{ keyId: KEY.keyId, publicKey: KEY.publicKey }]);
  const envelope = JSON.parse(new TextDecoder().decode(files.get('SIGNATURE.json'))) as {
    signatures: { publicKey: string }[];
  };
  for (const signature of envelope.signatures) signature.publicKey = encodeBase64(createSigningKey().publicKey);
  files.set('SIGNATURE.json', canonicalJson(envelope));
  await refusalOf('REGISTRY_SIGNATURE_INVALID', () => offeredKeys(files, 'demo'));
});
