import { randomBytes } from 'node:crypto';
import { TextOpener, TextSealer } from '@aico/sdk/sealing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

describe('a text that is sealed for the holder of a key [SEC-1]', () => {
  const opener = new TextOpener(randomBytes(32));

  test('is opened as it was, whatever it says, and shows nothing of it', () => {
    const sealer = new TextSealer(opener.publicKey);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const sealed = sealer.seal(text);
        expect(opener.open(sealed)).toBe(Buffer.from(text).toString());
        if (text.length > 3) expect(boxOf(sealed).includes(text)).toBe(false);
      }),
    );
    expect(sealer.seal('the same')).not.toBe(sealer.seal('the same'));
  });

  test('is opened by the same key in another process, and by no other', () => {
    const key = randomBytes(32);
    const sealed = new TextSealer(new TextOpener(key).publicKey).seal('dear diary');
    expect(new TextOpener(key).open(sealed)).toBe('dear diary');
    expect(opener.open(sealed)).toBeUndefined();
  });

  test('is none any more once a bit of it is another, or an end is missing', () => {
    const parts = partsOf(new TextSealer(opener.publicKey).seal('dear diary'));
    // The highest bit of a public key of X25519 counts for nothing in the shared secret, but it is bound all the same.
    const places = parts.flatMap((part, which) => Array.from({ length: part.length * 8 }, (_, bit) => [which, bit]));
    fc.assert(
      fc.property(fc.constantFrom(...places), ([which = 0, bit = 0]) => {
        const altered = parts.map((part) => Buffer.from(part));
        const part = altered[which] as Buffer;
        part.writeUInt8(part.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(opener.open(sealedOf(altered))).toBeUndefined();
        expect(opener.open(sealedOf(parts.map((each, at) => (at === which ? each.subarray(0, bit >> 3) : each))))).toBe(
          undefined,
        );
      }),
    );
    for (const none of ['', '.', '..', 'no Base64 at all', sealedOf(parts.slice(0, 2))])
      expect(opener.open(none)).toBeUndefined();
  });

  test('is sealed for no key that is none', () => {
    expect(() => new TextSealer(randomBytes(31))).toThrow();
    // With this one, everybody would know the shared secret.
    expect(() => new TextSealer(Buffer.alloc(32))).toThrow();
  });
});

const partsOf = (sealed: string): Buffer[] => sealed.split('.').map((part) => Buffer.from(part, 'base64'));
const sealedOf = (parts: readonly Buffer[]): string => parts.map((part) => part.toString('base64')).join('.');
const boxOf = (sealed: string): Buffer => partsOf(sealed)[2] ?? Buffer.alloc(0);
