import { expect, test } from 'vitest';
import { permissionWords } from '../../src/control/permission-words.ts';

const net = (constraints: Record<string, unknown>): string =>
  permissionWords({ verb: 'request', topic: 'net.http.fetch.v1', constraints });

test('limits are told in words, what widens them first [PLG-2, SEC-4]', () => {
  expect(net({})).toBe('contact other computers');
  expect(net({ hosts: ['api.met.no'], methods: ['GET'] })).toBe('contact other computers, only api.met.no');
  const home = { hosts: ['nas.local'], allowPrivate: true, allowHttp: true, allowLoopback: false };
  expect(net(home)).toBe(
    'contact other computers, also devices in your own network, also without encryption, only nas.local',
  );
  expect(net({ anyHost: true })).toBe('contact other computers, whichever they are');
});

test('a long list is cut, and never what widens [SEC-4]', () => {
  const hosts = Array.from({ length: 50 }, (_, at) => `${'a'.repeat(60)}${at}.example.org`);
  const words = net({ hosts, allowLoopback: true, allowPrivate: true });
  expect(words).toMatch(
    /^contact other computers, also programs on this computer, also devices in your own network, only a/,
  );
  expect(words.length).toBeLessThanOrEqual(300);
  expect(net({ hosts: ['a.b', 'c.d', 'e.f', 'g.h', 'i.j', 'k.l', 'm.n'] })).toMatch(/g\.h, i\.j and 2 more$/);
});

test('a permission without limits reads as before [PLG-2]', () => {
  expect(permissionWords({ verb: 'request', topic: 'vault.lock.run.v1' })).toBe('lock the vault');
});
