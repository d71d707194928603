import { expect, test } from 'vitest';
import { decodeBase64, isSignedBy, signPayload } from '../src/dsse.ts';
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

test('signs under the one payload type, and takes nothing that was signed without it [SEC-4]', async () => {
  const key = createSigningKey();
  const { payloadType, signatures } = signPayload(PAYLOAD, key);
  const signature = decodeBase64(signatures[0]!.sig)!;
  expect(payloadType).toBe(PAYLOAD_TYPE);
  expect(isSignedBy(PAYLOAD, signature, key.publicKey)).toBe(true);
  const { default: nacl } = await import('tweetnacl');
  expect(isSignedBy(PAYLOAD, nacl.sign.detached(PAYLOAD, key.secretKey), key.publicKey)).toBe(false);
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
