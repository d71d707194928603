import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../../src/bus/json-text.ts';

/** More than is parsed without a look at its depth. */
const PADDING = 'x'.repeat(3_000);
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
const nested = (depth: number): string => `${'['.repeat(depth)}"${PADDING}"${']'.repeat(depth)}`;

test('JSON is what JSON.parse says, whatever brackets and quotes its texts hold [BUS-5, SEC-4]', () => {
  const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', 'ü', 'a') });
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(text, fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(text, tie('tree'), { maxKeys: 3 })),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const json = Buffer.from(JSON.stringify([value, PADDING]));
      expect(parseJson(json)).toEqual(JSON.parse(json.toString()));
      expect(depthOf(value)).toBeLessThan(256);
    }),
  );
});

test('JSON may be nested 256 deep and no deeper, also after a text full of brackets [BUS-5, SEC-4]', () => {
  expect(depthOf(parseJson(Buffer.from(nested(256))))).toBe(256);
  for (const deep of [nested(257), nested(100_000), `["${'\\"]'.repeat(2_000)}",${nested(256)}]`]) {
    expect(() => parseJson(Buffer.from(deep))).toThrow(new RangeError('it is nested more than 256 deep'));
  }
});

test('what is no JSON is told as such, and never runs past its end [BUS-5, SEC-4]', () => {
  for (const bad of [`["${PADDING}`, `["${PADDING}\\`, `["${PADDING}\\"`, `]${nested(1)}`, `"${PADDING}"]`]) {
    expect(() => parseJson(Buffer.from(bad))).toThrow(SyntaxError);
  }
});
