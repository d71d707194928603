import { describe, expect, test } from 'vitest';
import { parsePath, pathOf, type Route } from '../../ui/src/router/routes.ts';

const ID = '0b9d7a3e-9a53-4a5e-8f0c-3d2f6f0f1a2b';

const ROUTES: readonly [string, Route][] = [
  ['/', { name: 'home' }],
  ['/welcome', { name: 'welcome', step: 'hello' }],
  ['/welcome/password', { name: 'welcome', step: 'password' }],
  ['/welcome/recovery', { name: 'welcome', step: 'recovery' }],
  ['/welcome/model', { name: 'welcome', step: 'model' }],
  ['/talk', { name: 'talk' }],
  [`/talk/${ID}`, { name: 'talk', conversation: ID }],
  ['/memories', { name: 'memories' }],
  ['/plugins', { name: 'plugins' }],
  ['/plugins/dice', { name: 'plugins', plugin: 'dice' }],
  ['/activity', { name: 'activity' }],
  ['/activity/bus', { name: 'bus' }],
  ['/activity/letters', { name: 'letters' }],
  ['/settings', { name: 'settings' }],
  ['/settings/appearance', { name: 'appearance' }],
  ['/settings/backups', { name: 'backups' }],
  ['/settings/audit', { name: 'audit' }],
  ['/settings/consents', { name: 'consents' }],
  ['/settings/forget', { name: 'forget' }],
  ['/settings/export', { name: 'export' }],
];

describe('the address', () => {
  test.each(ROUTES)('%s is a view, and the view has that address [UI-1]', (path, route) => {
    expect(parsePath(path)).toEqual(route);
    expect(pathOf(route)).toBe(path);
  });

  test('may end in a slash, and ids may be upper case', () => {
    expect(parsePath('/plugins/')).toEqual({ name: 'plugins' });
    expect(parsePath(`/talk/${ID.toUpperCase()}`)).toEqual({ name: 'talk', conversation: ID });
  });

  test.each(['/nowhere', '/talk/1', '/talk/..%2F..', `/talk/${ID}/more`, '/plugins/Not%20An%20Id', '/welcome/other'])(
    '%s leads to a page that says so, and its text reaches no request [SEC-4]',
    (path) => {
      expect(parsePath(path)).toEqual({ name: 'missing', path });
    },
  );
});
