import type { Manifest } from '@aico/schemas';
import { expect, test } from 'vitest';
import { parseManifest } from '../src/index.ts';
import { bytesOf, manifestOf, refusalOf } from './plugin-maker.ts';

const parse = (manifest: unknown) => () => parseManifest(bytesOf(JSON.stringify(manifest)), 'demo');
const REASON = 'to show how it is done';

test('reads a manifest [PLG-8]', () => {
  const manifest = manifestOf({
    version: '1.2.3-beta.1+build.5',
    dependencies: { storage: '^1.0.0' },
    contracts: { chat: '1.x' },
    permissions: [
      { verb: 'request', topic: 'storage.kv.get.v1', reason: REASON },
      { verb: 'subscribe', topic: 'chat.>', reason: REASON },
    ],
  });
  expect(parse(manifest)()).toEqual(manifest);
});

test.each<[string, unknown, string]>([
  [
    'an unknown key',
    { ...manifestOf(), permisions: [] },
    'permisions is not a known key; the nearest known one is "permissions"',
  ],
  ['a missing field', { ...manifestOf(), engines: undefined }, 'engines is missing'],
  [
    'a missing field deep in it',
    manifestOf({ permissions: [{ verb: 'request', topic: 'a.v1' } as never] }),
    'permissions[0].reason is missing',
  ],
  ['an unknown tier', { ...manifestOf(), tier: 'root' }, 'tier must be one of "isolated", "trusted"'],
  ['a value of another type', { ...manifestOf(), permissions: {} }, 'permissions must be a list'],
  ['a list instead of an object', [], 'it must be an object'],
  [
    'a bad engine range',
    manifestOf({ engines: { aico: 'latest please' } }),
    'engines.aico "latest please" is not a version range',
  ],
  [
    'a bad dependency range',
    manifestOf({ dependencies: { storage: '^^1' } }),
    'dependencies.storage "^^1" is not a version range',
  ],
  [
    'a bad contract range',
    manifestOf({ contracts: { chat: '>=x.y' } }),
    'contracts.chat ">=x.y" is not a version range',
  ],
  ['a bad version', manifestOf({ version: '1.0.0-01' }), 'version "1.0.0-01" is not a semantic version'],
  ['a malformed topic', permission({ topic: 'chat.*.x' }), 'permissions[0].topic "chat.*.x" is not a topic or pattern'],
  [
    'a wildcard to publish',
    permission({ verb: 'publish', topic: 'chat.>' }),
    'permissions[0].topic "chat.>" has a wildcard, which publish may not',
  ],
])('refuses %s and names it [PLG-8, BUS-5]', async (_, manifest, problem) => {
  const error = await refusalOf('REGISTRY_MANIFEST_INVALID', parse(manifest));
  expect(error.details['problem']).toBe(problem);
  expect(error.message).toContain('demo');
});

test('refuses an id under which AICO itself speaks on the bus [PLG-2, SEC-4]', async () => {
  for (const id of ['aico', 'cli', 'host', 'kernel']) {
    const error = await refusalOf('REGISTRY_MANIFEST_INVALID', parse(manifestOf({ id })));
    expect(error.message).toContain(`id "${id}" is the name of a part of AICO itself`);
  }
});

test('refuses constraints that are off the schema of their topic [PLG-2]', async () => {
  const manifest = permission({ topic: 'vault.key.derive.v1', constraints: { everything: true } });
  const error = await refusalOf('REGISTRY_MANIFEST_INVALID', parse(manifest));
  expect(error.details['problem']).toContain('permissions[0].constraints: everything is not a known key');
});

test.each([bytesOf('{"id":'), Uint8Array.of(0xff, 0xfe), bytesOf('')])(
  'refuses what is not JSON in UTF-8 [PLG-8]',
  async (bytes) => {
    const error = await refusalOf('REGISTRY_MANIFEST_INVALID', () => parseManifest(bytes, 'demo'));
    expect(error.details['problem']).toBe('it is not JSON in UTF-8');
  },
);

function permission(changes: Partial<Manifest['permissions'][number]>): Manifest {
  return manifestOf({ permissions: [{ verb: 'request', topic: 'chat.turn.run.v1', reason: REASON, ...changes }] });
}
