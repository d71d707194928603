import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { checkHost, checkOrigin, checkQuery } from '../src/guard/request-guard.ts';
import { Browser, codeOf, rawAsk } from './support/browser.ts';
import { type House, openHouse } from './support/house.ts';

const host = (house: House) => `127.0.0.1:${house.port}`;

describe('the guard', () => {
  test('answers only to this machine’s own names, so that a rebound name finds nothing [SEC-7]', async () => {
    await using house = await openHouse();
    const hosts: Record<string, number> = {
      [`127.0.0.1:${house.port}`]: 200,
      [`localhost:${house.port}`]: 200,
      [`LOCALHOST:${house.port}`]: 200,
      [`[::1]:${house.port}`]: 200,
      'evil.example': 421,
      [`evil.example:${house.port}`]: 421,
      [`127.0.0.1.evil.example:${house.port}`]: 421,
      '127.0.0.1': 421,
      '127.0.0.1:1': 421,
      [`user@127.0.0.1:${house.port}`]: 421,
      [`0.0.0.0:${house.port}`]: 421,
    };
    const found: Record<string, number> = {};
    for (const name of Object.keys(hosts)) {
      found[name] = (await rawAsk(house.port, 'GET', '/api/v1/health', { host: name })).status;
    }
    expect(found).toEqual(hosts);
  });

  test('refuses each change whose Origin is not the app’s own, or that has none [SEC-5]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const origins = [undefined, 'null', 'https://evil.example', 'http://127.0.0.1:1', `http://localhost:${house.port}`];
    for (const origin of origins) {
      for (const [method, path] of [
        ['POST', '/api/v1/conversations'],
        ['POST', '/api/v1/session'],
        ['POST', '/api/v1/setup'],
        ['DELETE', '/api/v1/session'],
        ['PUT', '/api/v1/nowhere'],
      ] as const) {
        const answer = await browser.ask(method, path, { body: {}, headers: { origin } });
        expect([origin, path, answer.status, codeOf(answer)]).toEqual([origin, path, 403, 'GATEWAY_ORIGIN_REFUSED']);
      }
    }
    expect(house.asked).toEqual([]);
  });

  test('refuses reading the API for another site’s page', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const read = (site: string) => browser.ask('GET', '/api/v1/conversations', { headers: { 'sec-fetch-site': site } });
    const statuses = await Promise.all(['same-origin', 'none', 'same-site', 'cross-site'].map(read));
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 403, 403]);
  });

  test('refuses each change that does not carry the session’s token [SEC-5]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const other = await Browser.signedIn(house);
    for (const token of [undefined, '', 'x', other.csrf, `${browser.csrf}x`, browser.csrf.toLowerCase()]) {
      const answer = await browser.ask('POST', '/api/v1/conversations', {
        body: {},
        headers: { 'x-aico-csrf': token },
      });
      expect([token, codeOf(answer)]).toEqual([token, 'GATEWAY_CSRF_REFUSED']);
    }
    expect((await browser.ask('POST', '/api/v1/conversations', { body: {} })).status).toBe(200);
  });

  test('takes no token and no endpoint from an address [SEC-5]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const keys =
      'token access_token apiKey api_key key password secret session csrf auth authorization endpoint url server baseUrl ws-url host jwt';
    for (const key of keys.split(' ')) {
      for (const path of ['/', '/index.html', '/api/v1/conversations', '/api/v1/ws', '/api/v1/health']) {
        const answer = await browser.ask('GET', `${path}?a=1&${key}=x`);
        expect([key, path, codeOf(answer)]).toEqual([key, path, 'GATEWAY_QUERY_REFUSED']);
      }
    }
    expect((await browser.ask('GET', '/api/v1/conversations?limit=5')).status).toBe(200);
  });

  test('sends the security headers with every answer, refusals too [SEC-7]', async () => {
    await using house = await openHouse({ assets: { 'index.html': { type: 'text/html', body: '<p>AICO' } } });
    const browser = new Browser(house);
    const answers = [
      await browser.ask('GET', '/'),
      await browser.ask('GET', '/missing.js'),
      await browser.ask('GET', '/api/v1/session'),
      await browser.ask('GET', '/api/v1/conversations'),
      await browser.ask('GET', '/api/v1/nowhere'),
      await browser.ask('POST', '/api/v1/session', { raw: '{' }),
      await rawAsk(house.port, 'GET', '/', { host: 'evil.example' }),
    ];
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': expect.stringMatching(
          /^default-src 'self';script-src 'self';.*img-src 'self' data: blob:;connect-src 'self';.*frame-ancestors 'none'$/,
        ),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
        'x-frame-options': 'DENY',
      });
      expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe|style-src [^;]*unsafe/);
      for (const name of headers.keys()) expect(name).not.toMatch(/^access-control|^server$|^x-powered-by$/);
    }
  });

  test('is no proxy', async () => {
    await using house = await openHouse();
    for (const target of [`http://${host(house)}/api/v1/health`, 'http://evil.example/', 'evil.example:80']) {
      const answer = await rawAsk(house.port, 'GET', target, { host: host(house) });
      expect([target, answer.status]).toEqual([target, 400]);
    }
  });

  test('answers no preflight of another site', async () => {
    await using house = await openHouse();
    const answer = await rawAsk(house.port, 'OPTIONS', '/api/v1/conversations', {
      host: host(house),
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
    });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'GATEWAY_ORIGIN_REFUSED']);
  });

  test('bounds the requests of one address [SEC-5]', async () => {
    await using house = await openHouse({ configuration: { requestsPerMinute: 10 } });
    const browser = new Browser(house);
    const answers = [];
    for (let asked = 0; asked < 12; asked++) answers.push(await browser.ask('GET', '/api/v1/health'));
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(200), 429, 429]);
    expect(codeOf(answers[11]!)).toBe('GATEWAY_RATE_EXCEEDED');
    expect(Number(answers[11]!.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('answers what is no request by one error, and closes', async () => {
    await using house = await openHouse();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(house.port, '127.0.0.1');
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes.toString();
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
      socket.write('NONSENSE \u0000\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('"code":"GATEWAY_REQUEST_MALFORMED"');
    const long = await rawAsk(house.port, 'GET', '/', { host: host(house), 'x-long': 'x'.repeat(20_000) });
    expect([long.status, codeOf(long)]).toEqual([431, 'GATEWAY_REQUEST_MALFORMED']);
    expect((await new Browser(house).ask('GET', '/api/v1/health')).status).toBe(200);
  });
});

describe('the guard’s rules', () => {
  test('take the bare name on the port that browsers leave out', () => {
    expect(() => checkHost('localhost', 80)).not.toThrow();
    expect(() => checkHost('localhost', 4127)).toThrow(/"localhost"/);
    expect(() => checkHost(undefined, 4127)).toThrow(/"nowhere"/);
  });

  test('want an Origin for an upgrade even though it is a GET', () => {
    const request = { method: 'GET', url: '/api/v1/ws', isUpgrade: true, headers: { host: '127.0.0.1:4127' } };
    expect(() => checkOrigin(request)).toThrow(/nowhere/);
    expect(() =>
      checkOrigin({ ...request, headers: { ...request.headers, origin: 'http://127.0.0.1:4127' } }),
    ).not.toThrow();
  });

  test('see a refused key however it is written', () => {
    for (const query of ['?TOKEN=1', '?to%6ben=1', '?x=1&refresh-token=2', '?base_url=http://evil', '?k=1&endpoint']) {
      expect(() => checkQuery(`/api/v1/plugins${query}`)).toThrow(/is not taken from an address/);
    }
    for (const url of ['/', '/?', '/?limit=5&before=2026', '/?query=token'])
      expect(() => checkQuery(url)).not.toThrow();
  });
});
