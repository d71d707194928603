import { availableParallelism, totalmem } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseVaultFile, serializeVaultFile } from '../src/parse-vault-file.ts';
import { chooseParameters, derivePasswordKey, tuneParameters } from '../src/password-key.ts';
import { createVaultFile, unwrapDataKey } from '../src/vault-file.ts';

const GIB = 2 ** 30;

test('derives what the reference implementation of Argon2id derives [SEC-2]', async () => {
  const key = await derivePasswordKey('password', Buffer.from('somesalt'), { memoryKib: 65_536, passes: 2, lanes: 1 });
  expect(key.toString('hex')).toBe('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7');
});

test('never chooses less than 64 MiB and three passes, nor more than the machine can bear [SEC-2]', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 10_000, noNaN: true }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 256 * 2 ** 20, max: 64 * GIB }),
      (msPerPass, lanes, memoryBytes) => {
        const { memoryKib, passes } = chooseParameters(msPerPass, lanes, memoryBytes);
        expect(memoryKib).toBeGreaterThanOrEqual(65_536);
        expect(memoryKib).toBeLessThanOrEqual(Math.max(65_536, Math.min(262_144, memoryBytes / 1024 / 16)));
        expect(passes).toBeGreaterThanOrEqual(3);
        expect(passes).toBeLessThanOrEqual(20);
      },
    ),
  );
});

test('spends about half a second: memory first, then passes [SEC-2]', () => {
  expect(chooseParameters(500, 4, 16 * GIB)).toEqual({ memoryKib: 65_536, passes: 3, lanes: 4 });
  expect(chooseParameters(50, 4, 16 * GIB)).toEqual({ memoryKib: 131_072, passes: 5, lanes: 4 });
  expect(chooseParameters(20, 4, 16 * GIB)).toEqual({ memoryKib: 262_144, passes: 6, lanes: 4 });
  expect(chooseParameters(20, 4, 2 * GIB)).toEqual({ memoryKib: 131_072, passes: 12, lanes: 4 });
});

test('tunes to this machine, and the tuned vault opens by its password alone [SEC-2]', async () => {
  const parameters = await tuneParameters({ memoryBytes: totalmem(), processors: availableParallelism() });
  const dataKey = Buffer.alloc(32, 9);
  const file = await createVaultFile(dataKey, 'a real password', parameters, new Date());
  const read = parseVaultFile(serializeVaultFile(file));
  const began = performance.now();
  expect(await unwrapDataKey(read, 'not the password')).toBeUndefined();
  const wrong = performance.now() - began;
  expect(await unwrapDataKey(read, 'a real password')).toEqual(dataKey);
  expect(wrong).toBeGreaterThan(50);
});
