import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explain, type SchemaName, type Validator, validators } from '../src/index.ts';

function explained(name: SchemaName, data: unknown) {
  const validate = validators[name] as Validator;
  expect(validate(data)).toBe(false);
  return explain(validate);
}

const PERMISSION = { verb: 'request', topic: 'storage.kv.get.v1', reason: 'to show how it is done' };
const MANIFEST = {
  id: 'demo',
  name: 'Demo',
  version: '1.0.0',
  description: 'A demo.',
  author: 'Ada',
  tier: 'isolated',
  main: 'index.js',
  engines: { aico: '*' },
  permissions: [PERMISSION],
};

test.each<[string, SchemaName, unknown, string]>([
  [
    'an unknown key',
    'manifest#Manifest',
    { ...MANIFEST, permisions: [] },
    'permisions is not a known key; the nearest known one is "permissions"',
  ],
  [
    'an unknown key deep inside',
    'manifest#Manifest',
    { ...MANIFEST, permissions: [PERMISSION, { ...PERMISSION, reasons: 'x' }] },
    'permissions[1].reasons is not a known key; the nearest known one is "reason"',
  ],
  ['a key where none may be', 'control#Empty', { id: 1 }, 'id is not a known key; none is'],
  ['a missing key', 'manifest#Manifest', { ...MANIFEST, engines: {} }, 'engines.aico is missing'],
  ['another type', 'control#PluginRef', { id: 7 }, 'id must be text'],
  ['another type of the whole', 'control#PluginRef', [], 'it must be an object'],
  ['a fraction', 'storage#KeyList', { limit: 1.5 }, 'limit must be a whole number'],
  ['an unknown word', 'manifest#Manifest', { ...MANIFEST, tier: 'root' }, 'tier must be one of "isolated", "trusted"'],
  ['another constant', 'signature#TrustStore', { format: 2, keys: [] }, 'format must be 1'],
  ['too few characters', 'vault#VaultSetup', { password: 'short' }, 'password must have at least 8 characters'],
  ['too many characters', 'storage#KeyGet', { key: 'k'.repeat(513) }, 'key must have at most 512 characters'],
  ['too small a number', 'storage#KeyList', { limit: 0 }, 'limit must be at least 1'],
  ['too large a number', 'storage#KeyList', { limit: 1001 }, 'limit must be at most 1000'],
  ['too few items', 'storage#SqlBatch', { statements: [] }, 'statements must have at least 1 item'],
  [
    'too many items',
    'llm#Provider',
    { id: 'a', kind: 'ollama', name: 'A', reachable: true, models: Array(501).fill('m') },
    'models must have at most 500 items',
  ],
  ['a pattern', 'control#PluginRef', { id: 'A-b' }, 'id must match ^[a-z][a-z0-9]*(-[a-z0-9]+)*$'],
  [
    'a bad name for a key',
    'manifest#Manifest',
    { ...MANIFEST, dependencies: { 'A b': '*' } },
    'dependencies may not have the key "A b"',
  ],
  ['no form that is allowed', 'storage#SqlValue', [], 'it fits none of the allowed forms'],
  ['an unknown tag', 'chat#TurnChunk', { kind: 'sound' }, 'kind names none of the allowed forms'],
  [
    'a fault in the form that the tag names',
    'chat#TurnChunk',
    { kind: 'text', txt: '' },
    'txt is not a known key; the nearest known one is "text"',
  ],
])('says it when there is %s [BUS-5]', (_, name, data, sentence) => {
  expect(explained(name, data).sentence).toBe(sentence);
});

test('answers the path and the nearest key for machines [BUS-5]', () => {
  expect(explained('manifest#Manifest', { ...MANIFEST, engines: { aicoo: '*' } })).toEqual({
    path: 'engines.aicoo',
    sentence: 'engines.aicoo is not a known key; the nearest known one is "aico"',
    nearest: 'aico',
  });
});

test('shortens a hostile key [BUS-5]', () => {
  const { sentence } = explained('control#Empty', { ['x'.repeat(10_000)]: 1 });
  expect(sentence.length).toBeLessThan(100);
});

test('says that nothing is wrong when nothing is [BUS-5]', () => {
  const validate = validators['control#Empty'];
  expect(validate({})).toBe(true);
  expect(explain(validate).sentence).toBe('nothing is wrong with it');
});

test('never quotes a value, which may be a secret [SEC-3, BUS-5]', () => {
  const secret = fc.string({ minLength: 8, maxLength: 40 }).map((text) => `s3cret-${text}`);
  fc.assert(
    fc.property(secret, (password) => {
      const faults = [
        { password: [password] },
        { password: { key: password } },
        password,
        [password],
        { current: password, next: 1 },
      ];
      for (const data of faults) {
        for (const name of ['vault#VaultSetup', 'vault#PasswordChange', 'vault#SecretPut', 'chat#TurnChunk'] as const) {
          const validate = validators[name] as Validator;
          if (validate(data)) continue;
          expect(explain(validate).sentence).not.toContain(password);
          expect(JSON.stringify(validate.errors)).not.toContain(password);
        }
      }
    }),
  );
});
