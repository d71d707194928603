import { AicoError } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { OMITTED, REDACTED, redactFields, redactText } from '../../src/logging/redact.ts';

describe('log fields [SVC-3]', () => {
  test.each([
    'password',
    'Password',
    'newPassword',
    'master_password',
    'passphrase',
    'secret',
    'clientSecret',
    'key',
    'apiKey',
    'api_key',
    'x-api-key',
    'privateKey',
    'secretKey',
    'token',
    'accessToken',
    'refresh-token',
    'authorization',
    'Proxy-Authorization',
    'cookie',
    'Set-Cookie',
    'credentials',
    'csrf',
    'session',
    'pin',
  ])('never show %s', (name) => {
    expect(redactFields({ [name]: 'hunter2' })).toEqual({ [name]: REDACTED });
    expect(redactFields({ deep: [{ [name]: { inner: 'hunter2' } }] })).toEqual({ deep: [{ [name]: REDACTED }] });
  });

  test.each(['payload', 'data', 'body', 'prompt', 'messages', 'content', 'text'])(
    'leave out what was said: %s',
    (name) => {
      expect(redactFields({ [name]: 'I feel alone' })).toEqual({ [name]: OMITTED });
    },
  );

  test('keep what is no secret', () => {
    const fields = {
      keyboard: 'qwerty',
      tokens: 12,
      monkey: 'Bo',
      url: 'http://127.0.0.1:4127',
      hasKey: true,
      n: null,
    };
    expect(redactFields(fields)).toEqual(fields);
  });

  test('are bounded in depth, number and length', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, index]));
    const text = JSON.stringify(redactFields({ deep, list: Array(5000).fill('x'), long: 'y'.repeat(1e6), many }));
    expect(text.length).toBeLessThan(10_000);
  });

  test('survive what cannot be written', () => {
    const circle: Record<string, unknown> = {
      big: 10n,
      call: () => 1,
      bytes: new Uint8Array(3),
      map: new Map([[1, 2]]),
    };
    circle['self'] = circle;
    expect(JSON.stringify(redactFields(circle))).toContain('"big":"10"');
    expect(redactFields({ bytes: circle['bytes'], map: circle['map'] })).toEqual({
      bytes: '[3 bytes]',
      map: '[1 items]',
    });
  });

  test('explain an error of the table by its code, any other by its stack', () => {
    const known = new AicoError('HOST_NOT_RUNNING', { subject: 'here' });
    const other = new Error('token=abcdef failed', { cause: known });
    expect(redactFields({ err: known })['err']).toEqual({
      code: 'HOST_NOT_RUNNING',
      subject: 'here',
      message: known.message,
      fix: known.fix,
    });
    expect(redactFields({ err: other })['err']).toEqual({
      type: 'Error',
      message: `token=${REDACTED} failed`,
      stack: expect.stringContaining('redact.test'),
      cause: expect.objectContaining({ code: 'HOST_NOT_RUNNING' }),
    });
  });
});

describe('log texts [SVC-3]', () => {
  test.each([
    'Authorization: Bearer abc.def-123',
    'sent with bearer abcdef123',
    'GET http://me:hunter2@example.org/',
    'opened with password=hunter2&x=1',
    '{"apiKey":"abcdef"}',
    'the key is sk-abcdefghijklmnop1234',
  ])('hide the secret in %j', (text) => {
    const clean = redactText(text);
    expect(clean).toContain(REDACTED);
    expect(clean).not.toMatch(/hunter2|abcdef|abc\.def/);
  });

  test.each(['Running', 'the token was refused', 'vault: password is not right', 'basic set-up done'])(
    'keep %j as it is',
    (text) => {
      expect(redactText(text)).toBe(text);
    },
  );
});
