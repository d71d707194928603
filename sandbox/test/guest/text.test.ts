import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GuestTextDecoder, GuestTextEncoder } from '../../src/guest/text.ts';

const anyText = fc.string({ unit: 'binary' });

test('text becomes the bytes that Node makes of it', () => {
  const node = new TextEncoder();
  fc.assert(
    fc.property(anyText, (text) => {
      expect([...new GuestTextEncoder().encode(text)]).toEqual([...node.encode(text)]);
    }),
  );
  expect([...new GuestTextEncoder().encode('\ud800 lone')]).toEqual([...node.encode('\ud800 lone')]);
});

test('bytes become the text that Node reads, ill-formed ones included', () => {
  const node = new TextDecoder();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
      expect(new GuestTextDecoder().decode(bytes)).toBe(node.decode(bytes));
    }),
    { numRuns: 2_000 },
  );
  const awkward = [
    [0xed, 0xa0, 0x80],
    [0xf0, 0x80, 0x80, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x82],
    [0xf0, 0x9f, 0x98, 0x41],
  ];
  for (const bytes of awkward) {
    expect(new GuestTextDecoder().decode(Uint8Array.from(bytes))).toBe(node.decode(Uint8Array.from(bytes)));
  }
});

test('bytes that come in pieces become the text that Node reads, wherever they are cut', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.string({ unit: 'binary', maxLength: 4 }).map((text) => new TextEncoder().encode(text)),
    fc.constant(Uint8Array.from([0xef, 0xbb, 0xbf])),
  );
  const flags = { fatal: fc.boolean(), ignoreBOM: fc.boolean() };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.nat(7), fc.record(flags), (pieces, size, options) => {
      const whole = Uint8Array.from(pieces.flatMap((bytes) => [...bytes]));
      const read = (decoder: Pick<TextDecoder, 'decode'>): unknown[] => {
        const texts: string[] = [];
        try {
          for (let at = 0; at < whole.length; at += size + 1)
            texts.push(decoder.decode(whole.subarray(at, at + size + 1), { stream: true }));
          // Then it begins anew.
          return [...texts, decoder.decode(), decoder.decode(Uint8Array.from([0xef, 0xbb, 0xbf, 0x61]))];
        } catch (error) {
          return [...texts, (error as Error).name];
        }
      };
      expect(read(new GuestTextDecoder('utf-8', options))).toEqual(read(new TextDecoder('utf-8', options)));
    }),
    { numRuns: 2_000 },
  );
});

test('a byte order mark is dropped unless it is asked for', () => {
  const bytes = Uint8Array.from([0xef, 0xbb, 0xbf, 0x61]);
  expect(new GuestTextDecoder().decode(bytes)).toBe('a');
  expect(new GuestTextDecoder('utf8', { ignoreBOM: true }).decode(bytes.buffer)).toBe('\ufeffa');
});

test('a fatal decoder refuses ill-formed bytes, and every decoder refuses other encodings', () => {
  expect(() => new GuestTextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from([0xff]))).toThrow(TypeError);
  expect(() => new GuestTextDecoder('latin1')).toThrow('use utf-8');
  expect(new GuestTextDecoder().decode()).toBe('');
});
