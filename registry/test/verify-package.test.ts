import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../src/digest.ts';
import { signPayload } from '../src/dsse.ts';
import { createSigningKey, type PackageFiles, packFiles, readPackage, trustKey, verifyPackage } from '../src/index.ts';
import { createStatement } from '../src/statement.ts';
import { bytesOf, filesOf, KEY, manifestOf, packageOf, refusalOf, TRUST, trusting } from './plugin-maker.ts';

const OTHERS = { 'README.md': '# Demo\n', 'migrations/001.sql': 'select 1;\n' };
const signed = readPackage(packageOf(manifestOf(), OTHERS), 'demo.tgz');

const verify =
  (files: PackageFiles, trust = TRUST) =>
  () =>
    verifyPackage(files, trust, 'demo.tgz');

function changed(name: string, content: Uint8Array | undefined, files: PackageFiles = signed): PackageFiles {
  const copy = new Map(files);
  if (content === undefined) copy.delete(name);
  else copy.set(name, content);
  return copy;
}

/** The files with a signature over whatever statement one likes. */
function signedWith(statement: unknown, files: PackageFiles = filesOf()): PackageFiles {
  return changed('SIGNATURE.json', canonicalJson(signPayload(canonicalJson(statement), KEY)), files);
}

test('accepts what a trusted key signed, and answers the bytes that it verified [SEC-4, UPD-3]', () => {
  const verified = verify(signed)();
  expect(verified).toEqual({
    manifest: manifestOf(),
    files: signed,
    signer: { keyId: KEY.keyId, name: 'Ada', tiers: ['isolated', 'trusted'] },
    tier: 'isolated',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

describe('refuses a package', () => {
  test('without a signature, naming the file [SEC-4]', async () => {
    const error = await refusalOf('REGISTRY_UNSIGNED', verify(filesOf()));
    expect(error.message).toBe('The package demo.tgz is not signed: SIGNATURE.json is missing.');
  });

  test.each([...signed.keys()].filter((name) => name !== 'SIGNATURE.json'))(
    'in which %s was altered [SEC-4, UPD-3]',
    async (name) => {
      const error = await refusalOf('REGISTRY_FILE_ALTERED', verify(changed(name, bytesOf('{}'))));
      expect(error.details['file']).toBe(name);
    },
  );

  test.each([...signed.keys()].filter((name) => name !== 'SIGNATURE.json'))(
    'from which %s was taken [SEC-4, UPD-3]',
    async (name) => {
      const error = await refusalOf('REGISTRY_FILE_MISSING', verify(changed(name, undefined)));
      expect(error.details['file']).toBe(name);
    },
  );

  test('to which a file was added [SEC-4, UPD-3]', async () => {
    const error = await refusalOf('REGISTRY_FILE_UNLISTED', verify(changed('dist/bundle/extra.js', bytesOf('1'))));
    expect(error.message).toBe('The file dist/bundle/extra.js of demo.tgz was not signed.');
  });

  test('whose files were swapped for one another [SEC-4]', async () => {
    const readme = signed.get('README.md');
    await refusalOf('REGISTRY_FILE_ALTERED', verify(changed('migrations/001.sql', readme)));
  });

  test('signed with a key that nobody trusts here [SEC-4]', async () => {
    const stranger = createSigningKey();
    const files = readPackage(packFiles(manifestOf(), filesOf(), stranger), 'demo.tgz');
    const error = await refusalOf('REGISTRY_SIGNER_UNKNOWN', verify(files));
    expect(error.details['keyId']).toBe(stranger.keyId);
  });

  test('signed by a stranger under the id of a trusted key [SEC-4]', async () => {
    const stranger = { ...createSigningKey(), keyId: KEY.keyId };
    await refusalOf(
      'REGISTRY_SIGNATURE_INVALID',
      verify(readPackage(packFiles(manifestOf(), filesOf(), stranger), 'demo.tgz')),
    );
  });

  test('signed with a revoked key [SEC-4]', async () => {
    const trust = new Map([[KEY.keyId, { ...trustKey(KEY, 'Ada', ['isolated']), revoked: true }]]);
    const error = await refusalOf('REGISTRY_SIGNER_REVOKED', verify(signed, trust));
    expect(error.details['signer']).toBe('Ada');
  });

  test('when nothing is trusted [SEC-4]', async () => {
    await refusalOf('REGISTRY_SIGNER_UNKNOWN', verify(signed, new Map()));
  });

  test('that asks for a tier for which its key is not trusted [SEC-4]', async () => {
    const files = readPackage(packageOf(manifestOf({ tier: 'trusted' })), 'demo.tgz');
    const error = await refusalOf('REGISTRY_TIER_NOT_ALLOWED', verify(files, trusting('isolated')));
    expect(error.details).toEqual({ tier: 'trusted', signer: 'Ada' });
  });

  test('signed over a manifest of another id or version [SEC-4]', async () => {
    const files = filesOf();
    for (const lie of [
      { id: 'vault' },
      { version: '9.9.9' },
      { manifestDigest: '0'.repeat(64) },
      { permissionDigest: '0'.repeat(64) },
    ]) {
      const statement = { ...createStatement(manifestOf(), files), ...lie };
      await refusalOf('REGISTRY_SIGNATURE_INVALID', verify(signedWith(statement, files)));
    }
  });

  test('whose main is not in it [PLG-8]', async () => {
    const manifest = manifestOf();
    const files = changed(manifest.main, undefined, filesOf(manifest));
    const error = await refusalOf('REGISTRY_FILE_MISSING', verify(signedWith(createStatement(manifest, files), files)));
    expect(error.details['file']).toBe(manifest.main);
  });

  test('whose manifest is not in it [PLG-8]', async () => {
    const files = changed('plugin.json', undefined, filesOf());
    await refusalOf('REGISTRY_FILE_MISSING', verify(signedWith(createStatement(manifestOf(), files), files)));
  });

  test('with a manifest that is off its schema, though it was signed [PLG-8]', async () => {
    const manifest = { ...manifestOf(), permisions: [] };
    const files = filesOf(manifest);
    const error = await refusalOf(
      'REGISTRY_MANIFEST_INVALID',
      verify(signedWith(createStatement(manifest, files), files)),
    );
    expect(error.details).toMatchObject({ path: 'permisions', nearest: 'permissions' });
  });

  test.each<[string, (envelope: Record<string, unknown>) => unknown]>([
    ['no JSON', () => undefined],
    ['an unknown key', (envelope) => ({ ...envelope, extra: 1 })],
    ['another payload type', (envelope) => ({ ...envelope, payloadType: 'application/vnd.in-toto+json' })],
    ['no signatures', (envelope) => ({ ...envelope, signatures: [] })],
    ['a payload in loose base64', (envelope) => ({ ...envelope, payload: `${envelope['payload']}AAA` })],
  ])('whose envelope has %s [SEC-4]', async (_, change) => {
    const envelope = JSON.parse(new TextDecoder().decode(signed.get('SIGNATURE.json')));
    const altered = change(envelope);
    const bytes = altered === undefined ? bytesOf('{') : canonicalJson(altered);
    await refusalOf('REGISTRY_SIGNATURE_INVALID', verify(changed('SIGNATURE.json', bytes)));
  });

  test('whose envelope is not in canonical form [SEC-4]', async () => {
    const spaced = bytesOf(` ${new TextDecoder().decode(signed.get('SIGNATURE.json'))}`);
    await refusalOf('REGISTRY_SIGNATURE_INVALID', verify(changed('SIGNATURE.json', spaced)));
  });
});

test('accepts a second signature by an unknown key, and refuses a bad one by a known key [SEC-4]', async () => {
  const statement = canonicalJson(createStatement(manifestOf(), filesOf()));
  const [own, others] = [signPayload(statement, KEY), signPayload(statement, createSigningKey())];
  const both = (first: typeof own, second: typeof own) =>
    changed(
      'SIGNATURE.json',
      canonicalJson({ ...own, signatures: [...first.signatures, ...second.signatures] }),
      filesOf(),
    );
  expect(verify(both(others, own))().signer.keyId).toBe(KEY.keyId);
  const forged = { ...own, signatures: own.signatures.map(({ keyid }) => ({ keyid, sig: others.signatures[0]!.sig })) };
  await refusalOf('REGISTRY_SIGNATURE_INVALID', verify(both(own, forged)));
});

test('refuses a package with any one byte of any file flipped, the signature included [SEC-4, UPD-3]', () => {
  const flips = fc.constantFrom(...signed.keys()).chain((name) =>
    fc.record({
      name: fc.constant(name),
      index: fc.nat(signed.get(name)!.length - 1),
      mask: fc.integer({ min: 1, max: 255 }),
    }),
  );
  fc.assert(
    fc.property(flips, ({ name, index, mask }) => {
      const bytes = Uint8Array.from(signed.get(name)!);
      bytes[index]! ^= mask;
      expect(verify(changed(name, bytes))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^REGISTRY_/) }),
      );
    }),
    { numRuns: 150 },
  );
});

test('refuses a package with any byte of the public key flipped that it brings, though its signer is known [SEC-4, UPD-3]', () => {
  const bytes = signed.get('SIGNATURE.json')!;
  const { publicKey } = JSON.parse(Buffer.from(bytes).toString()).signatures[0] as { publicKey: string };
  const at = Buffer.from(bytes).indexOf(publicKey);
  expect(at).toBeGreaterThan(0);
  const passed = Array.from(publicKey, (_, offset) => at + offset).filter((index) => {
    const flipped = Uint8Array.from(bytes);
    flipped[index]! ^= 1;
    try {
      verify(changed('SIGNATURE.json', flipped))();
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^REGISTRY_/) });
      return false;
    }
  });
  expect(passed).toEqual([]);
});

test('refuses a package file with any one byte flipped, or finds the very same files in it [SEC-4, UPD-3]', () => {
  const bytes = packageOf(manifestOf(), OTHERS);
  const { digest } = verify(signed)();
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (index, mask) => {
      const flipped = Uint8Array.from(bytes);
      flipped[index]! ^= mask;
      try {
        // Deflate has bits that say nothing; whatever gets through is what was signed.
        const files = readPackage(flipped, 'demo.tgz');
        expect(verify(files)().digest).toBe(digest);
        expect(files).toEqual(signed);
      } catch (error) {
        expect(error).toHaveProperty('code', expect.stringMatching(/^REGISTRY_/));
      }
    }),
    { numRuns: 400 },
  );
});

test('packs any files twice to the same bytes, and reads back what was packed [PLG-9]', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-z0-9]{1,8}){0,3}\.(js|sql|md)$/);
  const contents = fc.dictionary(name, fc.uint8Array({ maxLength: 2_000 }), { maxKeys: 8 });
  fc.assert(
    fc.property(contents, (others) => {
      const files = new Map([...filesOf(), ...Object.entries(others)]);
      const one = packFiles(manifestOf(), files, KEY);
      const other = packFiles(manifestOf(), new Map([...files].reverse()), KEY);
      expect(Buffer.compare(one, other)).toBe(0);
      const read = verify(readPackage(one, 'demo.tgz'))().files;
      for (const [path, bytes] of files) expect(Buffer.compare(read.get(path)!, bytes)).toBe(0);
    }),
    { numRuns: 60 },
  );
});
