import type { ServerResponse } from 'node:http';
import type { Session } from '@aico/sdk';
import { expect, test } from 'vitest';
import { SessionClient } from '../../ui/src/api/session-client.ts';
import { GatewayStandIn } from '../support/gateway-stand-in.ts';

const OPEN: Session = { authenticated: true, vault: 'unlocked', version: '0.1.0', csrf: 'token-of-this-session' };

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function client(): Promise<{ gateway: GatewayStandIn; session: SessionClient }> {
  const gateway = await GatewayStandIn.start();
  const session = new SessionClient((path, init) => fetch(gateway.origin + String(path), init));
  return { gateway, session };
}

test('a password and a recovery code travel in a body, never in an address [SEC-3]', async () => {
  const { gateway, session } = await client();
  const seen: unknown[] = [];
  gateway.respond = ({ method, url }, response, body) => {
    seen.push([method, url, JSON.parse(body)]);
    answer(response, 200, OPEN);
  };
  await expect(session.signIn('correct horse')).resolves.toEqual(OPEN);
  await expect(session.recover('0123-4567', 'battery staple')).resolves.toEqual(OPEN);
  expect(seen).toEqual([
    ['POST', '/api/v1/session', { password: 'correct horse' }],
    ['POST', '/api/v1/session/recovery', { code: '0123-4567', next: 'battery staple' }],
  ]);
});

test('a call that changes something carries the token of the session [SEC-5]', async () => {
  const { gateway, session } = await client();
  const tokens: unknown[] = [];
  gateway.respond = ({ headers }, response) => {
    tokens.push(headers['x-aico-csrf']);
    answer(response, 200, OPEN);
  };
  await session.get();
  await session.setUp('correct horse');
  expect(tokens).toEqual([undefined, 'token-of-this-session']);
});

test('an answer that is not a session is followed by asking for it', async () => {
  const { gateway, session } = await client();
  gateway.respond = ({ method }, response) => answer(response, 200, method === 'POST' ? { state: 'unlocked' } : OPEN);
  await expect(session.setUp('correct horse')).resolves.toEqual(OPEN);
});

test.each([
  ['the report itself', { code: 'VAULT_PASSWORD_WRONG', message: 'No.', details: { retryAfterMs: 900 } }],
  ['a report within', { error: { code: 'VAULT_PASSWORD_WRONG', message: 'No.', details: { retryAfterMs: 900 } } }],
])('a refusal is a typed error (%s) [UI-2]', async (_form, body) => {
  const { gateway, session } = await client();
  gateway.respond = (_request, response) => answer(response, 401, body);
  await expect(session.signIn('wrong')).rejects.toMatchObject({ code: 'VAULT_PASSWORD_WRONG', retryAfterMs: 900 });
});

test.each([
  ['is not JSON', '<html>'],
  ['is no session', {}],
])('an answer that %s says so, and is not asked for again', async (_form, body) => {
  const { gateway, session } = await client();
  let asked = 0;
  gateway.respond = (_request, response) => answer(response, ++asked > 1 ? 500 : 200, body);
  await expect(session.get()).rejects.toMatchObject({ code: 'CONSOLE_ANSWER_UNREADABLE' });
  expect(asked).toBe(1);
});

test('nobody at the other end is told as AICO being away', async () => {
  const session = new SessionClient(() => fetch('http://127.0.0.1:9/'));
  await expect(session.get()).rejects.toMatchObject({ code: 'CONSOLE_DAEMON_AWAY' });
});
