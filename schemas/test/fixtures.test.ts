import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explain, type SchemaName, TOPICS, type Validator, validators } from '../src/index.ts';

interface InvalidCase {
  readonly why: string;
  /** Where explain() finds it. */
  readonly path: string;
  readonly data: unknown;
}

const FOLDER = join(import.meta.dirname, '../fixtures');
const NAMES = Object.keys(validators) as SchemaName[];

function read<T>(name: SchemaName, kind: 'valid' | 'invalid'): readonly T[] {
  return JSON.parse(readFileSync(join(FOLDER, `${name.replace('#', '/')}.${kind}.json`), 'utf8'));
}

function validatorOf(name: SchemaName): Validator {
  return validators[name] as Validator;
}

describe.each(NAMES)('%s', (name) => {
  test.each(read<unknown>(name, 'valid').map((data, index) => [index, data]))(
    'accepts valid case %i [BUS-5]',
    (_, data) => {
      const validate = validatorOf(name);
      expect(validate(data) ? [] : validate.errors).toEqual([]);
    },
  );

  test.each(read<InvalidCase>(name, 'invalid'))('refuses: $why [BUS-5]', ({ data, path }) => {
    const validate = validatorOf(name);
    expect(validate(data)).toBe(false);
    expect(explain(validate).path).toBe(path);
  });
});

test('every schema has at least one valid and two invalid fixtures [BUS-5]', () => {
  const poor = NAMES.filter((name) => read(name, 'valid').length < 1 || read(name, 'invalid').length < 2);
  expect(poor).toEqual([]);
});

test('every payload, answer and chunk of the topic table is a schema with fixtures [BUS-2, BUS-5]', () => {
  const used = TOPICS.flatMap(({ payload, reply, chunk, constraints }) => [payload, reply, chunk, constraints]);
  expect(used.filter((name) => name !== undefined && !NAMES.includes(name))).toEqual([]);
});

test('no fixture is left over from a schema that is gone [BUS-5]', () => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  const known = new Set(
    NAMES.flatMap((name) => ['valid', 'invalid'].map((kind) => join(`${name.replace('#', '/')}.${kind}.json`))),
  );
  expect(files.filter((file) => !known.has(file))).toEqual([]);
});

test('a fixture that is missing is noticed [BUS-5]', () => {
  expect(() => read('chat#Missing' as SchemaName, 'valid')).toThrow('ENOENT');
});
