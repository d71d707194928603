import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definitions, readSources, SCHEMA_HOST } from '../scripts/sources.ts';
import { type SchemaName, type Validator, validators } from '../src/index.ts';

const ROOT = join(import.meta.dirname, '..');
const { areas } = readSources(ROOT);
const names = definitions(areas).map(({ name }) => name as SchemaName);
const ajv = new Ajv2020({ strict: false });
for (const { document } of areas) ajv.addSchema(document);

function reference(name: SchemaName) {
  const validate = ajv.getSchema(SCHEMA_HOST + name.replace('#', '#/$defs/'));
  return validate ?? expect.fail(`ajv does not know ${name}`);
}

function fixturesOf(name: SchemaName): unknown[] {
  const read = (kind: string) =>
    JSON.parse(readFileSync(join(ROOT, 'fixtures', `${name.replace('#', '/')}.${kind}.json`), 'utf8'));
  return [...read('valid'), ...read('invalid').map(({ data }: { data: unknown }) => data)];
}

test('there is a validator for each definition, and no other [BUS-5]', () => {
  expect(Object.keys(validators).sort()).toEqual([...names].sort());
});

test('the validators made ahead judge as ajv does from the schemas, dialect 2020-12 [BUS-5]', () => {
  const all = names.flatMap(fixturesOf);
  for (const name of names) {
    const [ahead, live] = [validators[name] as Validator, reference(name)];
    const otherwise = all.filter((data) => ahead(data) !== live(data));
    expect({ name, otherwise }).toEqual({ name, otherwise: [] });
  }
});

test('they judge alike also what nobody thought of [BUS-5]', () => {
  const strange = fc.oneof(fc.jsonValue(), fc.constantFrom(...names.flatMap(fixturesOf)).chain(mutated));
  fc.assert(
    fc.property(fc.constantFrom(...names), strange, (name, data) => {
      expect((validators[name] as Validator)(data)).toBe(reference(name)(data));
    }),
    { numRuns: 2_000 },
  );
});

test('keys that JavaScript knows by itself are unknown keys like any other [BUS-5]', () => {
  for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    expect(validators['control#Empty'](JSON.parse(`{"${key}":{}}`))).toBe(false);
  }
});

/** A value with one of its keys set to something else. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return fc.constant(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return fc.constant(value);
  return fc.record({ key: fc.constantFrom(...keys), other: fc.jsonValue() }).map(({ key, other }) => {
    return Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
  });
}
