import fc from 'fast-check';
import { expect, test } from 'vitest';
import { atob, btoa, decodeBase64, encodeBase64 } from '../../src/guest/base64.ts';

test('bytes go to base64 and back as Node has it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect([...decodeBase64(text)]).toEqual([...bytes]);
    }),
  );
});

test('atob and btoa treat characters as bytes', () => {
  expect(btoa('é\0ÿ')).toBe(globalThis.btoa('é\0ÿ'));
  expect(atob('6QD/')).toBe('é\0ÿ');
  expect(atob(' aGk\n= ')).toBe('hi');
});

test('what is not base64 is refused', () => {
  for (const text of ['a', 'a*bc', 'ab=c']) expect(() => atob(text)).toThrow(TypeError);
  expect(() => btoa('€')).toThrow('Latin-1');
});
