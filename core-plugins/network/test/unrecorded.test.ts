import type { AicoError, SqlStatement, Storage } from '@aico/sdk';
import { expect, test } from 'vitest';
import { HttpClient } from '../src/http/client.ts';
import { Ledger } from '../src/ledger/ledger.ts';
import { readGrant } from '../src/policy/grant.ts';
import { readTarget } from '../src/policy/target.ts';
import { ALL_LOCAL, errorOf } from './support/load-network.ts';
import { startWeb } from './support/web-server.ts';

test('what cannot be written down is not connected to [SEC-4]', async () => {
  const server = await startWeb((_, response) => response.end('reached'));
  const warnings: string[] = [];
  const full = (): Promise<never> => Promise.reject(new Error('the disk is full'));
  const storage = { batch: full, query: full } as unknown as Storage;
  const recorder = new Ledger({
    storage,
    now: Date.now,
    settings: () => ({ keepDays: 1, keepConnections: 100 }),
    tell: () => {},
    warn: (message) => void warnings.push(message),
  });
  const client = new HttpClient({ resolver: async () => ['127.0.0.1'], recorder });
  const asked = {
    grant: readGrant('stranger', ALL_LOCAL),
    target: readTarget('stranger', `http://own.test:${server.port}/`),
    method: 'GET',
    headers: {},
    body: undefined,
    redirect: 'follow',
    signal: new AbortController().signal,
    maxBytes: 1000,
  } as const;
  const error: AicoError = await errorOf(client.open(asked));
  expect([error.code, error.details.host, server.requests.length]).toEqual(['NET_UNRECORDED', 'own.test', 0]);
  expect(warnings).toEqual(['a connection could not be written down']);
});

test('a connection that is written down is made, also when nothing old can be dropped from the list [SEC-4]', async () => {
  const warnings: string[] = [];
  const batch = ([first]: readonly SqlStatement[]): Promise<unknown> =>
    first?.sql.startsWith('delete')
      ? Promise.reject(new Error('the disk is full'))
      : Promise.resolve([{ rows: [[1]] }]);
  const storage = { batch, query: async () => [] } as unknown as Storage;
  const recorder = new Ledger({
    storage,
    now: Date.now,
    settings: () => ({ keepDays: 1, keepConnections: 100 }),
    tell: () => {},
    warn: (message) => void warnings.push(message),
  });
  // More than are added until the list is looked over.
  for (let at = 0; at < 501; at += 1)
    await recorder.begin('stranger', readTarget('stranger', 'https://own.test'), 'GET');
  expect(warnings).toEqual(['what is listed too long could not be dropped']);
});
