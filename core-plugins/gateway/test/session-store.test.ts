import { describe, expect, test } from 'vitest';
import { isCsrfOf, SessionStore } from '../src/session/session-store.ts';

const MINUTE = 60_000;

function createStore() {
  let time = 0;
  const store = new SessionStore({ now: () => time, idleMs: 10 * MINUTE, absoluteMs: 60 * MINUTE });
  const pass = (minutes: number): void => {
    time += minutes * MINUTE;
  };
  return { store, pass };
}

describe('the session store', () => {
  test('ends a session that is not used, and one that is too old though it is [SEC-5]', () => {
    const { store, pass } = createStore();
    const idle = store.begin();
    const busy = store.begin();
    for (let minutes = 0; minutes < 55; minutes += 5) {
      pass(5);
      expect(store.use(busy.token)).toBe(busy.session);
    }
    expect(store.use(idle.token)).toBeUndefined();
    expect([idle.session.ended.aborted, busy.session.ended.aborted]).toEqual([true, false]);
    pass(6);
    expect(store.use(busy.token)).toBeUndefined();
    expect(busy.session.ended.aborted).toBe(true);
  });

  test('is not kept from ending a session by who only asks whether there is one [SEC-5]', () => {
    const { store, pass } = createStore();
    const { token, session } = store.begin();
    pass(6);
    expect(store.find(token)).toBe(session);
    pass(6);
    expect([store.find(token), session.ended.aborted]).toEqual([undefined, true]);
  });

  test('ends what has run out when it is swept, without being asked', () => {
    const { store, pass } = createStore();
    const { session } = store.begin();
    pass(11);
    store.sweep();
    expect([store.size, session.ended.aborted]).toEqual([0, true]);
  });

  test('keeps a bounded number, the least recently used going first', () => {
    const { store } = createStore();
    const [first, second] = [store.begin(), store.begin()];
    store.use(first.token);
    for (let begun = 0; begun < 99; begun++) store.begin();
    expect(store.size).toBe(100);
    expect([store.use(first.token) !== undefined, store.use(second.token)]).toEqual([true, undefined]);
  });

  test('knows no token but its own, each of 256 bits, and keeps none of them', () => {
    const { store } = createStore();
    const { token, session } = store.begin();
    expect(Buffer.from(token, 'base64url').length).toBe(32);
    expect(session.csrf).not.toBe(token);
    for (const other of [undefined, '', `${token}x`, token.slice(1), 'x'.repeat(10_000)]) {
      expect(store.use(other)).toBeUndefined();
    }
    expect(JSON.stringify([...Object.values(store), session])).not.toContain(token);
  });

  test('compares the token of changes exactly', () => {
    const { store } = createStore();
    const { session } = store.begin();
    const tokens = [
      session.csrf,
      session.csrf.slice(1),
      `${session.csrf.slice(0, -1)}~`,
      '',
      undefined,
      [session.csrf],
    ];
    expect(tokens.map((each) => isCsrfOf(session, each))).toEqual([true, false, false, false, false, false]);
  });

  test('ends all at once', () => {
    const { store } = createStore();
    const sessions = [store.begin(), store.begin()];
    store.endAll();
    expect([store.size, ...sessions.map(({ session }) => session.ended.aborted)]).toEqual([0, true, true]);
  });
});
