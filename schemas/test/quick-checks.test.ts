import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBytePattern } from '../scripts/byte-pattern.ts';
import { quickChecks } from '../src/generated/quick-checks.ts';
import { type SchemaName, validators } from '../src/index.ts';

const FOLDER = join(import.meta.dirname, '../fixtures');
const checks = Object.entries(quickChecks).map(([name, check]) => ({ name: name as SchemaName, check }));

function fixtures(name: SchemaName, kind: 'valid' | 'invalid'): unknown[] {
  const all = JSON.parse(readFileSync(join(FOLDER, `${name.replace('#', '/')}.${kind}.json`), 'utf8')) as unknown[];
  return kind === 'valid' ? all : all.map((each) => (each as { data: unknown }).data);
}

function isValid(name: SchemaName, bytes: Uint8Array): boolean {
  try {
    return validators[name](JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return false;
  }
}

function passes(name: SchemaName, data: unknown): boolean {
  const bytes = bytesOf(data);
  return quickChecks[name]?.(bytes, 0, bytes.length) === true;
}

const bytesOf = (data: unknown): Uint8Array => Buffer.from(JSON.stringify(data));

/** One change of a text that a hostile sender might make. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('replace' as const), at: fc.nat(), with: fc.integer({ min: 0, max: 255 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    with: fc.constantFrom(...Buffer.from('"\\{}[],:0- 19eE.ntu\u0000')),
  }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(), with: fc.nat(8) }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), with: fc.nat(60) }),
);
const following = fc.constantFrom('', '}', '"}', '0', ']}', ' }').map((text) => Buffer.from(text));
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply(bytes: Uint8Array, { kind, at, with: value }: Change): Uint8Array {
  const place = at % (bytes.length + 1);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  if (kind === 'replace') return Buffer.concat([before, Uint8Array.of(value), after.subarray(1)]);
  if (kind === 'insert') return Buffer.concat([before, Uint8Array.of(value), after]);
  if (kind === 'remove') return Buffer.concat([before, after.subarray(value)]);
  return Buffer.concat([before, after.subarray(0, value), after]);
}

describe.each(checks)('the quick check of $name', ({ name, check }) => {
  test('passes nothing that the whole validator refuses, however it was changed [BUS-5, SEC-4]', () => {
    const seeds = [...fixtures(name, 'valid'), ...fixtures(name, 'invalid')].map(bytesOf);
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(change, { maxLength: 4 }), following, (seed, changes, rest) => {
        const bytes = changes.reduce(apply, seed);
        // What follows in a frame must not matter.
        const frame = Buffer.concat([Buffer.from('{'), bytes, rest]);
        if (check?.(frame, 1, 1 + bytes.length)) expect(isValid(name, bytes), Buffer.from(bytes).toString()).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('ordinary events pass without being parsed [BUS-7]', () => {
  const events = ['chat#MessageCreated', 'chat#ConversationChanged', 'vault#VaultChanged', 'llm#LlmStatus'] as const;
  const unsure = events.flatMap((name) => fixtures(name, 'valid').filter((data) => !passes(name, data)));
  expect(unsure).toEqual([]);
});

test('a text in any language passes, one with an escape is left to the whole validator [BUS-5]', () => {
  const [first] = fixtures('chat#MessageCreated', 'valid') as { message: { text: string } }[];
  const pass = (text: string): boolean => passes('chat#MessageCreated', { message: { ...first?.message, text } });
  expect([pass('Grüße, 世界 🙂'), pass('one\ntwo'), pass('"quoted"')]).toEqual([true, false, false]);
});

test('reads patterns of classes, groups and repetitions, and no others [BUS-5]', () => {
  const known = ['^[a-z]{2,3}$', '^a(\\.[0-9]+)?Z$', '^[A-Za-z0-9_.-]+$', '^x{3}y*$'];
  const unknown = ['[a-z]', '^a|b$', '^(?=a)b$', '^a.b$', '^\\d$', '^[^a]$', '^a+?$', '^ü$', '^a\\$'];
  expect(known.map((each) => parseBytePattern(each) !== undefined)).toEqual(known.map(() => true));
  expect(unknown.map((each) => parseBytePattern(each) !== undefined)).toEqual(unknown.map(() => false));
});
