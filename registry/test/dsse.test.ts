import { expect, test } from 'vitest';
import { decodeBase64, isSignedBy, signPayload } from '../src/dsse.ts';
import { ed25519PairOf, ed25519Sign } from '../src/ed25519.ts';
import { createSigningKey, PAYLOAD_TYPE, preAuthenticationEncoding } from '../src/index.ts';
import { bytesOf } from './plugin-maker.ts';

const PAYLOAD = bytesOf('{"id":"demo"}');

test('encodes what is signed as the DSSE specification does in its example [SEC-4]', () => {
  const encoded = preAuthenticationEncoding('http://example.com/HelloWorld', bytesOf('hello world'));
  expect(Buffer.from(encoded).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});

test('counts bytes, not characters [SEC-4]', () => {
  expect(Buffer.from(preAuthenticationEncoding('é', bytesOf('ü'))).toString()).toBe('DSSEv1 2 é 2 ü');
});

test('signs under the one payload type, and takes nothing that was signed without it [SEC-4]', () => {
  const key = createSigningKey();
  const { payloadType, signatures } = signPayload(PAYLOAD, key);
  const signature = decodeBase64(signatures[0]!.sig)!;
  expect(payloadType).toBe(PAYLOAD_TYPE);
  expect(isSignedBy(PAYLOAD, signature, key.publicKey)).toBe(true);
  expect(isSignedBy(PAYLOAD, ed25519Sign(PAYLOAD, key), key.publicKey)).toBe(false);
});

test('takes a signature in its one form only: S + L is refused [SEC-4]', () => {
  const key = createSigningKey();
  const signature = decodeBase64(signPayload(PAYLOAD, key).signatures[0]!.sig)!;
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const malleated = Buffer.concat([
    signature.subarray(0, 32),
    Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse(),
  ]);
  expect(isSignedBy(PAYLOAD, malleated, key.publicKey)).toBe(false);
});

test('signs as RFC 8032 does in its second example [SEC-4]', () => {
  const pair = ed25519PairOf(Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex'));
  expect(Buffer.from(pair.publicKey).toString('hex')).toBe(
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  );
  expect(Buffer.from(ed25519Sign(Uint8Array.of(0x72), pair)).toString('hex')).toBe(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
});

test('takes no signature or key of another length [SEC-4]', () => {
  const key = createSigningKey();
  const signature = decodeBase64(signPayload(PAYLOAD, key).signatures[0]!.sig)!;
  expect(isSignedBy(PAYLOAD, signature.subarray(1), key.publicKey)).toBe(false);
  expect(isSignedBy(PAYLOAD, signature, key.publicKey.subarray(1))).toBe(false);
});

test.each(['AA', 'AB==', 'A A=', 'AA==\n', '_-8='])(
  'refuses base64 that is not the one form of its bytes: %j [SEC-4]',
  (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  },
);
