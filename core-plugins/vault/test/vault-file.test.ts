import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseVaultFile, serializeVaultFile } from '../src/parse-vault-file.ts';
import { createVaultFile, unwrapDataKey, type VaultFile } from '../src/vault-file.ts';
import { codeOf, PASSWORD, SMALL, SMALL_LIMITS, smallVault, temporaryFolder } from './small-vault.ts';

const dataKey = Buffer.alloc(32, 7);
const file = await createVaultFile(dataKey, PASSWORD, SMALL, new Date(0));
const bytes = serializeVaultFile(file);

test('reads back what it wrote, and opens with the password alone [SEC-2]', async () => {
  const read = parseVaultFile(bytes, SMALL_LIMITS);
  expect(read).toEqual(file);
  expect(await unwrapDataKey(read, PASSWORD)).toEqual(dataKey);
  expect(await unwrapDataKey(read, `${PASSWORD} `)).toBeUndefined();
});

test('every changed byte and every cut is damage, never a wrong password [SEC-2]', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const changed = Buffer.from(bytes);
      changed[at]! ^= flip;
      // White space between the tokens carries nothing.
      const same = await codeOf(() => JSON.stringify(parseVaultFile(changed, SMALL_LIMITS)) === JSON.stringify(file));
      expect([true, 'VAULT_DAMAGED', 'VAULT_NEWER']).toContain(same);
    }),
    { numRuns: 300 },
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 3), async (length) => {
      expect(await codeOf(() => parseVaultFile(bytes.subarray(0, length), SMALL_LIMITS))).toBe('VAULT_DAMAGED');
    }),
  );
});

test('refuses weaker and absurd key parameters even with a fitting checksum [SEC-2]', async () => {
  for (const kdf of [
    { memoryKib: 8 },
    { memoryKib: 256 * 1024 + 1 },
    { memoryKib: 2 ** 31 },
    { memoryKib: '256' },
    { passes: 0 },
    { passes: 21 },
    { lanes: 5 },
    { salt: 'AA==' },
    { salt: 7 },
  ]) {
    const [wrap] = file.wraps;
    // What no type would let anybody write comes from outside.
    const weakened = { ...file, wraps: [{ ...wrap, kdf: { ...wrap.kdf, ...kdf } }] } as unknown as VaultFile;
    expect(await codeOf(() => parseVaultFile(serializeVaultFile(weakened), SMALL_LIMITS))).toBe('VAULT_DAMAGED');
  }
  // Without the option of tests, nothing under 64 MiB and three passes is accepted.
  const madeWith = (kdf: object): Buffer => {
    const [wrap] = file.wraps;
    return serializeVaultFile({ ...file, wraps: [{ ...wrap, kdf: { ...wrap.kdf, ...kdf } }] });
  };
  const [least, weak, small] = [
    { memoryKib: 65_536, passes: 3 },
    { memoryKib: 262_144, passes: 2 },
    { memoryKib: 65_535, passes: 20 },
  ];
  expect(parseVaultFile(madeWith(least)).wraps[0].kdf).toMatchObject(least);
  for (const kdf of [weak, small]) expect(await codeOf(() => parseVaultFile(madeWith(kdf)))).toBe('VAULT_DAMAGED');
});

test('whatever a file says, it is read whole or refused with a reason, though its checksum fits [SEC-2]', async () => {
  const checksumOf = (rest: object) => createHash('sha256').update(JSON.stringify(rest)).digest('hex');
  const part = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(file), file.wraps[0], file.wraps[0].kdf));
  const shape = fc.record({ format: fc.constantFrom(1, 2, 3), id: part, createdAt: part, wraps: part, device: part });
  const wraps = fc.array(
    fc.record({ kind: fc.constantFrom('password', 'recovery'), kdf: part, cipher: part, key: part }),
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(shape, fc.record({ format: fc.constant(1), wraps })), async (made) => {
      const rest = JSON.parse(JSON.stringify({ ...file, ...made })) as object;
      const hostile = Buffer.from(JSON.stringify({ ...rest, checksum: checksumOf(rest) }));
      const outcome = await codeOf(() => Array.isArray(parseVaultFile(hostile, SMALL_LIMITS).wraps));
      expect([true, 'VAULT_DAMAGED']).toContain(outcome);
    }),
    { numRuns: 500 },
  );
});

test('parameters changed within the limits do not open it, whatever the password [SEC-2]', async () => {
  const [wrap] = file.wraps;
  const changed = { ...file, wraps: [{ ...wrap, kdf: { ...wrap.kdf, passes: 2 } }] as const };
  expect(await unwrapDataKey(parseVaultFile(serializeVaultFile(changed), SMALL_LIMITS), PASSWORD)).toBeUndefined();
});

test('leaves the file of a newer version, and a damaged one, as it is', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'vault.json');
  for (const [content, code] of [
    [JSON.stringify({ format: 4, anything: true }), 'VAULT_NEWER'],
    ['', 'VAULT_DAMAGED'],
    ['[]', 'VAULT_DAMAGED'],
    ['\u0000\u0001', 'VAULT_DAMAGED'],
    [bytes.subarray(0, 100), 'VAULT_DAMAGED'],
  ] as const) {
    writeFileSync(path, content);
    const before = readFileSync(path);
    const vault = smallVault(folder);
    for (const call of [() => vault.status, () => vault.unlock(PASSWORD), () => vault.setUp(PASSWORD)])
      expect(await codeOf(call)).toBe(code);
    expect(readFileSync(path)).toEqual(before);
  }
});

test('a replacement that was cut short leaves a vault that opens by one of the two passwords [SVC-7]', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'vault.json');
  const vault = smallVault(folder);
  await vault.setUp(PASSWORD);
  const old = readFileSync(path);
  await vault.changePassword(PASSWORD, 'a new password');
  const renewed = readFileSync(path);
  expect(readdirSync(folder).sort()).toEqual(['vault.json']);

  // Cut before the rename: the old file is in place.
  writeFileSync(`${path}.previous`, old);
  writeFileSync(`${path}.new`, renewed.subarray(0, 50));
  writeFileSync(path, old);
  await smallVault(folder).unlock(PASSWORD);
  // Cut after the rename: the copy that opens by the old password goes.
  writeFileSync(`${path}.previous`, old);
  writeFileSync(path, renewed);
  await smallVault(folder).unlock('a new password');
  expect(existsSync(`${path}.previous`)).toBe(false);
  // The file itself was lost: the copy stands in.
  renameSync(path, `${path}.previous`);
  await smallVault(folder).unlock('a new password');
  expect(readFileSync(path)).toEqual(renewed);
  rmSync(path);
});
