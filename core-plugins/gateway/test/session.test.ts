import { describe, expect, test } from 'vitest';
import { Browser, codeOf } from './support/browser.ts';
import { type House, MANIFEST, openHouse, PASSWORD, RECOVERY_CODE } from './support/house.ts';

const SET_CONDITION = { verb: 'request', topic: 'kernel.condition.set.v1', reason: 'For the test.' } as const;

/** A plugin that can say whether the vault's condition holds. */
function loadHolder(house: House) {
  const manifest = { ...MANIFEST, id: 'other-vault', conditions: ['vault.unlocked'], permissions: [SET_CONDITION] };
  const { process: _, configuration: __, ...rest } = manifest;
  return house.kernel.load({ manifest: { ...rest, tier: 'trusted' }, definition: { activate: () => {} } });
}

describe('a session', () => {
  test('begins with the master password, in a cookie that no script and no other site can use [SEC-5]', async () => {
    await using house = await openHouse();
    const browser = new Browser(house);
    expect((await browser.ask('GET', '/api/v1/session')).body).toEqual({
      authenticated: false,
      vault: 'locked',
      version: '0.1.0',
    });
    const answer = await browser.ask('POST', '/api/v1/session', { body: { password: PASSWORD } });
    expect(answer.body).toEqual({
      authenticated: true,
      vault: 'unlocked',
      version: '0.1.0',
      csrf: expect.stringMatching(/^[\w-]{43}$/),
    });
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^aico-session-\d+=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await browser.ask('GET', '/api/v1/session')).body).toMatchObject({
      authenticated: true,
      csrf: browser.csrf,
    });
    expect((await browser.ask('GET', '/api/v1/conversations')).status).toBe(200);
  });

  test('that is not begun says why the keyring did not open the vault, while that is locked [SEC-2]', async () => {
    const deviceError = { code: 'VAULT_KEYRING_UNAVAILABLE', message: 'It does not help.' };
    await using house = await openHouse({ deviceError });
    const browser = new Browser(house);
    const look = async () => (await browser.ask('GET', '/api/v1/session')).body;
    expect(await look()).toMatchObject({ vault: 'locked', deviceError });
    await browser.ask('POST', '/api/v1/session', { body: { password: PASSWORD } });
    expect(await look()).not.toHaveProperty('deviceError');
  });

  test('begins with the first password too, and a second set-up is refused [SEC-3]', async () => {
    await using house = await openHouse({ vaultState: 'empty' });
    const browser = new Browser(house);
    const answer = await browser.ask('POST', '/api/v1/setup', { body: { password: PASSWORD } });
    expect(answer.body).toMatchObject({ authenticated: true, vault: 'unlocked' });
    const again = await browser.ask('POST', '/api/v1/setup', { body: { password: PASSWORD } });
    expect([again.status, codeOf(again)]).toEqual([409, 'VAULT_EXISTS']);
  });

  test('does not begin with a wrong password, and each wrong one gets the same answer [SEC-3]', async () => {
    await using house = await openHouse();
    const browser = new Browser(house);
    const answers = [];
    for (const password of ['wrong', 'correct horse batterz', 'x'.repeat(1024)]) {
      answers.push(await browser.ask('POST', '/api/v1/session', { body: { password } }));
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(codeOf(answers[0]!)).toBe('VAULT_PASSWORD_WRONG');
    expect(answers[0]!.headers.getSetCookie()).toEqual([]);
  });

  test('begins with the recovery code and a new password, and ends every other one [SEC-3, SEC-5]', async () => {
    await using house = await openHouse();
    const other = await Browser.signedIn(house);
    const browser = new Browser(house);
    const next = 'a password that I know';
    const answer = await browser.ask('POST', '/api/v1/session/recovery', { body: { code: RECOVERY_CODE, next } });
    expect(answer.body).toMatchObject({ authenticated: true, vault: 'unlocked', csrf: expect.any(String) });
    expect(answer.text).not.toContain(RECOVERY_CODE);
    expect((await browser.ask('GET', '/api/v1/conversations')).status).toBe(200);
    expect(codeOf(await other.ask('GET', '/api/v1/conversations'))).toBe('GATEWAY_SESSION_REQUIRED');
  });

  test('does not begin with a wrong code, says the same to each, and allows only so many [SEC-3, SEC-5]', async () => {
    await using house = await openHouse({ configuration: { signInsPerMinute: 3 } });
    const browser = new Browser(house);
    const answers = [];
    for (const code of ['wrong', RECOVERY_CODE.replace('V', 'W'), '0'.repeat(200), RECOVERY_CODE]) {
      const body = { code, next: 'a password that I know' };
      answers.push(await browser.ask('POST', '/api/v1/session/recovery', { body }));
    }
    expect(answers.map(codeOf)).toEqual([...Array(3).fill('VAULT_RECOVERY_WRONG'), 'GATEWAY_RATE_EXCEEDED']);
    expect(new Set(answers.slice(0, 3).map(({ text }) => text)).size).toBe(1);
    expect(answers.flatMap(({ headers }) => headers.getSetCookie())).toEqual([]);
  });

  test('tells a new password that is too short without saying it or the code again [SEC-3]', async () => {
    await using house = await openHouse();
    const body = { code: RECOVERY_CODE, next: 'q7!' };
    const answer = await new Browser(house).ask('POST', '/api/v1/session/recovery', { body });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'GATEWAY_INPUT_INVALID']);
    expect(answer.text).not.toContain(body.next);
    expect(answer.text).not.toContain(RECOVERY_CODE);
  });

  test('passes on how long the vault wants to wait [SEC-3]', async () => {
    await using house = await openHouse();
    house.refusal = { code: 'VAULT_THROTTLED', details: { retryAfterMs: 2500 } };
    const answer = await new Browser(house).ask('POST', '/api/v1/session', { body: { password: PASSWORD } });
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ code: 'VAULT_THROTTLED', details: { retryAfterMs: 2500 } });
    expect(answer.headers.get('retry-after')).toBe('3');
  });

  test('is tried for at most so often from one address [SEC-5]', async () => {
    await using house = await openHouse({ configuration: { signInsPerMinute: 3 } });
    const browser = new Browser(house);
    const statuses = [];
    for (let tries = 0; tries < 5; tries++) {
      const answer = await browser.ask('POST', '/api/v1/session', { body: { password: 'wrong' } });
      statuses.push(codeOf(answer));
    }
    expect(statuses).toEqual([
      ...Array(3).fill('VAULT_PASSWORD_WRONG'),
      'GATEWAY_RATE_EXCEEDED',
      'GATEWAY_RATE_EXCEEDED',
    ]);
    expect((await browser.ask('GET', '/api/v1/session')).status).toBe(200);
  });

  test('ends when the browser signs out', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const { cookie, csrf } = browser;
    expect((await browser.ask('DELETE', '/api/v1/session')).body).toMatchObject({ authenticated: false });
    Object.assign(browser, { cookie, csrf });
    expect((await browser.ask('GET', '/api/v1/conversations')).status).toBe(401);
  });

  test('ends, as all do, when the vault is locked [SEC-3]', async () => {
    await using house = await openHouse();
    const browsers = [await Browser.signedIn(house), await Browser.signedIn(house)];
    const sockets = await Promise.all(browsers.map((browser) => browser.connect()));
    await house.lock();
    const closes = await Promise.all(sockets.map(({ closed }) => closed));
    expect(closes.map(({ code }) => code)).toEqual([4401, 4401]);
    const answers = await Promise.all(browsers.map((browser) => browser.ask('GET', '/api/v1/conversations')));
    expect(answers.map(codeOf)).toEqual(['GATEWAY_SESSION_REQUIRED', 'GATEWAY_SESSION_REQUIRED']);
  });

  test('outlives every other one, and their sockets, where the password is changed by it [SEC-3, SEC-5]', async () => {
    await using house = await openHouse();
    const [browser, byRequest, other] = [await Browser.signedIn(house), new Browser(house), new Browser(house)];
    for (const each of [byRequest, other]) await each.ask('POST', '/api/v1/session', { body: { password: PASSWORD } });
    const sockets = await Promise.all([browser, byRequest, other].map((each) => each.connect()));
    const data = { current: PASSWORD, next: 'a password that I know' };
    sockets[0]!.send({ op: 'request', id: 1, topic: 'vault.password.change.v1', data });
    expect(await sockets[0]!.next()).toMatchObject({ op: 'reply', id: 1 });
    const ended = { code: 4401, reason: 'GATEWAY_SESSION_REQUIRED' };
    expect(await Promise.all(sockets.slice(1).map(({ closed }) => closed))).toEqual([ended, ended]);
    expect(codeOf(await other.ask('GET', '/api/v1/conversations'))).toBe('GATEWAY_SESSION_REQUIRED');

    await byRequest.ask('POST', '/api/v1/session', { body: { password: PASSWORD } });
    const { status } = await byRequest.ask('POST', '/api/v1/vault/password', { body: data });
    expect([status, await sockets[0]!.closed]).toEqual([200, ended]);
    expect((await byRequest.ask('GET', '/api/v1/conversations')).status).toBe(200);
  });

  test('ends, as all do, when the password is changed elsewhere, and does not end when that fails [SEC-3, SEC-5]', async () => {
    await using house = await openHouse();
    const browsers = [await Browser.signedIn(house), await Browser.signedIn(house)];
    const sockets = await Promise.all(browsers.map((browser) => browser.connect()));
    const body = { current: 'not the password', next: 'a password that I know' };
    expect((await browsers[0]!.ask('POST', '/api/v1/vault/password', { body })).status).toBe(401);
    expect((await browsers[1]!.ask('GET', '/api/v1/conversations')).status).toBe(200);
    await house.changePassword();
    expect((await Promise.all(sockets.map(({ closed }) => closed))).map(({ code }) => code)).toEqual([4401, 4401]);
  });

  test.each(['lock', 'changePassword'] as const)(
    'does not begin by a password that was right before somebody else did this meanwhile: %s [SEC-3, SEC-5]',
    async (meanwhile) => {
      await using house = await openHouse();
      house.meanwhile = () => house[meanwhile]();
      const browser = new Browser(house);
      const answer = await browser.ask('POST', '/api/v1/session', { body: { password: PASSWORD } });
      expect([codeOf(answer), browser.cookie]).toEqual(['GATEWAY_SESSION_REQUIRED', '']);
    },
  );

  test('begins although a lock from before it is told only while the vault looks at the password [SEC-3, SEC-5]', async () => {
    await using house = await openHouse({ vaultState: 'unlocked' });
    house.first = async () => {
      house.first = undefined;
      await house.lock();
    };
    const browser = new Browser(house);
    const { body } = await browser.ask('POST', '/api/v1/session', { body: { password: PASSWORD } });
    expect(body).toMatchObject({ authenticated: true, vault: 'unlocked' });
    expect((await browser.ask('GET', '/api/v1/conversations')).status).toBe(200);
  });

  test('ends when the condition of an open vault falls, even if the vault said nothing [SEC-3]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const socket = await browser.connect();
    const holder = await loadHolder(house);
    await holder.conditions.set('vault.unlocked', true);
    expect((await browser.ask('GET', '/api/v1/conversations')).status).toBe(200);
    await house.kernel.unload('other-vault');
    expect((await socket.closed).code).toBe(4401);
  });

  test('begins also while plugins still go, by whose end the locking before is told [SEC-3, SEC-5]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const socket = await browser.connect();
    const holder = await loadHolder(house);
    await holder.conditions.set('vault.unlocked', true);
    await holder.conditions.set('vault.unlocked', false);
    expect((await socket.closed).code).toBe(4401);
    house.first = () => house.lock();
    const { body } = await browser.ask('POST', '/api/v1/session', { body: { password: PASSWORD } });
    expect(body).toMatchObject({ authenticated: true, vault: 'unlocked' });
    const again = await browser.connect();
    await house.lock();
    expect((await again.closed).code).toBe(4401);
  });

  test('that is only asked for runs out, however often it is asked for [SEC-5]', async () => {
    await using house = await openHouse({ configuration: { sessionIdleMinutes: 0.01 } });
    const browser = await Browser.signedIn(house);
    expect((await browser.ask('GET', '/api/v1/session')).body).toMatchObject({ authenticated: true });
    for (let asked = 0; asked < 8; asked += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await browser.ask('GET', '/api/v1/session');
    }
    expect((await browser.ask('GET', '/api/v1/session')).body).toMatchObject({ authenticated: false });
    expect((await browser.ask('GET', '/api/v1/conversations')).status).toBe(401);
  });

  test('runs out under a page that only looks again by itself, and not under one that is used [SEC-5]', async () => {
    await using house = await openHouse({ configuration: { sessionIdleMinutes: 0.02 } });
    const browsers = [await Browser.signedIn(house), await Browser.signedIn(house)];
    const [left, used] = await Promise.all(browsers.map((browser) => browser.connect()));
    let isOpen = true;
    void left!.closed.then(() => {
      isOpen = false;
    });
    for (let id = 1; isOpen; id += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      left!.send({ op: 'request', id, topic: 'chat.conversation.list.v1', data: {}, unattended: true });
      used!.send({ op: 'request', id, topic: 'chat.conversation.list.v1', data: {} });
    }
    expect((await left!.closed).code).toBe(4401);
    const signedIn = browsers.map(async (browser) => (await browser.ask('GET', '/api/v1/session')).body);
    expect(await Promise.all(signedIn)).toMatchObject([{ authenticated: false }, { authenticated: true }]);
  });

  test('runs out, however often a page connects again and asks nothing [SEC-5]', async () => {
    await using house = await openHouse({ configuration: { sessionIdleMinutes: 0.01 } });
    const browser = await Browser.signedIn(house);
    for (let tried = 0; tried < 8; tried += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await browser.connect().then(
        (socket) => socket.close(),
        () => undefined,
      );
    }
    expect((await browser.ask('GET', '/api/v1/session')).body).toMatchObject({ authenticated: false });
  });

  test('is renewed at each sign-in, so that a planted cookie becomes nobody’s [SEC-5]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const before = browser.cookie;
    await browser.ask('POST', '/api/v1/session', { body: { password: PASSWORD } });
    expect(browser.cookie).not.toBe(before);
    browser.cookie = before;
    expect((await browser.ask('GET', '/api/v1/conversations')).status).toBe(401);
  });

  test('is asked for by every route of the topic table, and by no public one [SEC-4]', async () => {
    await using house = await openHouse();
    const browser = new Browser(house);
    const document = (await browser.ask('GET', '/api/v1/openapi.json')).body as {
      paths: Record<string, Record<string, { security: unknown[] }>>;
    };
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        const answer = await browser.ask(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'));
        const isRefused = codeOf(answer) === 'GATEWAY_SESSION_REQUIRED';
        expect([method, path, isRefused]).toEqual([method, path, security.length > 0]);
      }
    }
  });
});
