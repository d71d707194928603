import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBase64 } from '../src/base64.ts';

test('encodes any bytes as the platform does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
});

test.each([12_287, 12_288, 12_289, 40_000])('joins its pieces without padding between them (%i bytes)', (length) => {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256);
  expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
});
