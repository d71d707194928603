import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkSources } from '../scripts/check-sources.ts';
import { typeOf } from '../scripts/emit-types.ts';
import { generateFiles } from '../scripts/generate-files.ts';
import { readSources, type Sources } from '../scripts/sources.ts';

const ROOT = join(import.meta.dirname, '../..');
const PARTS = [
  'schemas/scripts',
  'schemas/messages',
  'schemas/errors',
  'schemas/meta',
  'schemas/src/generated',
  'schemas/topics.json',
  'schemas/package.json',
  'docs/topics.md',
  'docs/errors.md',
];

const copy = mkdtempSync(join(tmpdir(), 'aico-schemas-'));
for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function generate(root: string, ...options: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'schemas/scripts/generate.ts'), ...options],
    { encoding: 'utf8' },
  );
  return { status, output: `${stdout}${stderr}` };
}

/** The sources with one change, made to a copy. */
function changed(change: (sources: Sources) => void): string[] {
  const sources = readSources(join(ROOT, 'schemas'));
  change(sources);
  return checkSources(sources);
}

test('what was generated follows from its sources [BUS-2]', () => {
  expect(generate(ROOT, '--check')).toEqual({
    status: 0,
    output: expect.stringContaining('follow from their sources'),
  });
});

test('a file that drifted is named, and mended by generating again [BUS-2]', () => {
  appendFileSync(join(copy, 'docs/errors.md'), 'by hand\n');
  rmSync(join(copy, 'schemas/src/generated/topics.ts'));
  const check = generate(copy, '--check');
  expect(check.status).toBe(1);
  expect(check.output.trim().split('\n')).toEqual([
    'schemas/src/generated/topics.ts does not follow from its sources: run "npm run generate"',
    'docs/errors.md does not follow from its sources: run "npm run generate"',
  ]);
  expect(generate(copy)).toEqual({ status: 0, output: expect.stringContaining('2 changed') });
  expect(generate(copy, '--check').status).toBe(0);
}, 120_000);

test('nothing is generated from sources that are wrong [BUS-2]', () => {
  writeFileSync(
    join(copy, 'schemas/errors/zzz.json'),
    '{"OTHER_AREA": {"message": "Nothing.", "rule": "Nothing.", "fix": "Nothing.", "status": 400}}',
  );
  expect(generate(copy)).toEqual({ status: 1, output: 'errors/zzz.json: OTHER_AREA must begin with ZZZ_\n' });
  rmSync(join(copy, 'schemas/errors/zzz.json'));
});

test('the same sources give the same bytes [BUS-2]', async () => {
  const sources = readSources(join(ROOT, 'schemas'));
  expect(await generateFiles(sources)).toEqual(await generateFiles(readSources(join(ROOT, 'schemas'))));
});

test('the sources of this project are right [BUS-2]', () => {
  expect(changed(() => undefined)).toEqual([]);
});

test.each<[string, Record<string, unknown>, string]>([
  ['a topic without a version', { topic: 'chat.turn.run' }, 'must match pattern'],
  ['a topic in capitals', { topic: 'chat.Turn.v1' }, 'must match pattern'],
  ['a topic of no area', { topic: 'weather.get.v1' }, 'weather.get.v1 belongs to no area of contracts'],
  ['a wildcard outside of plugin', { topic: 'chat.*.v1' }, 'chat.*.v1 may hold one *, after plugin'],
  ['two wildcards', { topic: 'plugin.*.*.v1' }, 'plugin.*.*.v1 may hold one *, after plugin'],
  ['a payload that does not exist', { payload: 'chat#Nothing' }, 'refers to chat#Nothing, which does not exist'],
  ['an answer that does not exist', { reply: 'chat#Nothing' }, 'refers to chat#Nothing, which does not exist'],
  ['constraints that do not exist', { constraints: 'chat#Nothing' }, 'refers to chat#Nothing, which does not exist'],
  ['no words for a verb', { words: { request: 'ask for a thing' } }, 'has no words for serve'],
  [
    'words for a verb of another kind',
    { words: { request: 'ask for it', serve: 'answer it', publish: 'tell of it' } },
    'is of kind request, without publish',
  ],
  ['words that end like a sentence', { words: { request: 'ask for it.', serve: 'answer it' } }, 'must match pattern'],
  ['an unknown key', { exposed: true }, 'must NOT have additional properties'],
  ['a delivery on a request', { delivery: 'durable' }, 'has a delivery, which is for events'],
  ['no answer', { reply: undefined }, 'of kind request needs a reply'],
  ['a chunk that nothing streams', { chunk: 'chat#TurnChunk' }, 'of kind request has a chunk'],
  [
    'no delivery on an event',
    { kind: 'event', reply: undefined, words: { publish: 'tell it', subscribe: 'hear it' } },
    'needs a delivery',
  ],
  [
    'a path without a method',
    { expose: { role: 'user', path: '/a' } },
    'must have property method when property path is present',
  ],
  [
    'a path parameter that the payload lacks',
    { expose: { role: 'user', method: 'GET', path: '/a/{shoe}' } },
    'takes {shoe} from its path',
  ],
])('refuses %s in the topic table [BUS-2]', (_, change, problem) => {
  const problems = changed(({ topics }) => {
    topics.topics.push(
      JSON.parse(
        JSON.stringify({
          topic: 'chat.thing.get.v1',
          kind: 'request',
          payload: 'control#Empty',
          reply: 'control#Empty',
          description: 'A thing.',
          words: { request: 'ask for a thing', serve: 'answer for the thing' },
          ...change,
        }),
      ),
    );
  });
  expect(problems.join('\n')).toContain(problem);
});

test('refuses a topic or a path that is there twice [BUS-2]', () => {
  const [first] = readSources(join(ROOT, 'schemas')).topics.topics.filter(({ expose }) => expose?.path !== undefined);
  const problems = changed(({ topics }) => topics.topics.push(first!));
  expect(problems).toEqual([
    `topics.json: ${first!.topic} repeats ${first!.topic}`,
    `topics.json: ${first!.topic} repeats ${first!.expose?.method} ${first!.expose?.path}`,
  ]);
});

test('refuses one name for two definitions, a lost reference and an area under another address [BUS-2]', () => {
  const problems = changed(({ areas }) => {
    const chat = areas.find(({ name }) => name === 'chat')!.document;
    chat.$defs['Manifest'] = { $ref: 'https://aico.invalid/schemas/manifest#/$defs/Missing' };
    chat.$id = 'https://aico.invalid/schemas/other';
  });
  expect(problems).toEqual([
    expect.stringContaining('refers to manifest#Missing, which does not exist'),
    'messages/manifest.json: Manifest is defined in messages/chat.json too',
    'messages/chat.json: $id must be https://aico.invalid/schemas/chat',
  ]);
});

test('refuses an error outside of its area, and one without a fix [BUS-2]', () => {
  const problems = changed(({ errors }) => {
    const entry = { message: 'Nothing works.', rule: 'It should.', fix: 'Mend it.', status: 500 };
    errors[0]!.entries['ELSEWHERE_FAILED'] = entry;
    errors[1]!.entries[`${errors[1]!.area.toUpperCase()}_FAILED`] = { ...entry, fix: '' };
  });
  expect(problems).toEqual([
    expect.stringContaining('must NOT have fewer than 5 characters'),
    expect.stringContaining('ELSEWHERE_FAILED must begin with'),
  ]);
});

test.each([
  [{ type: 'object', patternProperties: {} }, '"patternProperties" is not supported'],
  [{ type: 'tuple' }, 'type "tuple" is not supported'],
  [{ type: 'object', properties: { a: {} }, additionalProperties: { type: 'string' } }, 'properties beside a schema'],
  [{ $ref: '#/definitions/Old' }, 'names no definition'],
])('makes no type that says less than its schema: %j [BUS-2]', (schema, problem) => {
  expect(() => typeOf(schema as Parameters<typeof typeOf>[0], 'chat', '')).toThrow(problem);
});

test.each([
  [{}, 'unknown'],
  [{ type: 'object' }, 'Record<string, unknown>'],
  [{ type: 'object', properties: {}, additionalProperties: false }, 'Record<string, never>'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: 'array', items: { enum: ['a', "b'c"] } }, "Array<'a' | 'b\\'c'>"],
  [{ type: 'array' }, 'unknown[]'],
  [{ type: 'object', properties: { 'a-b': { const: 1 } } }, "{\n  'a-b'?: 1;\n  [key: string]: unknown;\n}"],
])('makes of %j the type %s [BUS-2]', (schema, type) => {
  expect(typeOf(schema as Parameters<typeof typeOf>[0], 'chat', '')).toBe(type);
});
