import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkManifest } from '../../src/author/manifest-check.ts';

const GOOD = JSON.parse(readFileSync(join(import.meta.dirname, '../../template/plugin.json'), 'utf8')) as object;

/** What is said of the good manifest with these changes. */
function problemsOf(changes: object): string[] {
  return checkManifest(JSON.stringify({ ...GOOD, ...changes }), 'hello').problems.map(({ message }) => message);
}

test('the manifest of a new plugin has no problem [PLG-9]', () => {
  expect(problemsOf({})).toEqual([]);
});

test('every problem of a manifest is told at once, each with its rule and fix [PLG-9]', () => {
  const wrong = { ...GOOD, id: 'Bad Id', name: '', tier: 'root', permisions: [], version: undefined };
  const { problems } = checkManifest(JSON.stringify(wrong), 'hello');
  const sentences = [
    'version is missing',
    'permisions is not a known key; the nearest known one is "permissions"',
    'id must match ^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
    'name must have at least 1 character',
    'tier must be one of "isolated", "trusted"',
  ];
  expect(problems.map(({ message }) => message).sort()).toEqual(
    sentences.map((sentence) => `plugin.json of hello is not valid: ${sentence}.`).sort(),
  );
  expect(problems.every(({ rule, fix }) => rule !== '' && fix !== '')).toBe(true);
});

test('versions, ranges and topics are looked at whatever else is wrong [PLG-9]', () => {
  const permissions = [
    { verb: 'publish', topic: 'chat.>', reason: 'To know it.' },
    { verb: 'request', topic: 'chat.no-version', reason: 'To know it.' },
    { verb: 'request', topic: 'storage.kv.gett.v1', reason: 'To know it.' },
  ];
  const told = problemsOf({
    name: '',
    engines: { aico: 'soon' },
    dependencies: { other: '!' },
    permissions,
    contributes: {},
  });
  expect(told.map((message) => message.replace('plugin.json of hello is not valid: ', ''))).toEqual([
    'name must have at least 1 character.',
    'engines.aico "soon" is not a version range.',
    'dependencies.other "!" is not a version range.',
    'permissions[0].topic "chat.>" has a wildcard, which publish may not.',
    'permissions[1].topic "chat.no-version" is not a topic or pattern.',
    'permissions[2].topic "storage.kv.gett.v1" is no known topic; the nearest known one is "storage.kv.get.v1".',
  ]);
});

test('a command that nobody could answer is found [PLG-9]', () => {
  const { problems } = checkManifest(JSON.stringify({ ...GOOD, permissions: [] }), 'hello');
  expect(problems).toMatchObject([{ code: 'AUTHOR_PERMISSION_MISSING', fix: expect.stringContaining('"serve"') }]);
});

test('a tool that nobody could answer is found [PLG-5, PLG-9]', () => {
  const tool = { name: 'greet', title: 'Greet', description: 'Greets.', input: { type: 'object' } };
  const contributes = { tools: [tool] };
  const { problems } = checkManifest(JSON.stringify({ ...GOOD, permissions: [], contributes }), 'hello');
  expect(problems).toMatchObject([
    { code: 'AUTHOR_PERMISSION_MISSING', message: expect.stringContaining('plugin.hello.tool.run.v1') },
  ]);
});

test('a text that is no JSON is told as that [PLG-9]', () => {
  expect(checkManifest('{ "id": ', 'hello').problems).toMatchObject([{ code: 'REGISTRY_MANIFEST_INVALID' }]);
});
