import type { Permission } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { permissionWords } from '../../src/control/permission-words.ts';
import { withSettings } from '../../src/lifecycle/setting-grants.ts';

const FETCH: Permission = {
  verb: 'request',
  topic: 'net.http.fetch.v1',
  constraints: { hosts: ['api.met.no', '$setting/hosts'], methods: ['GET'] },
  reason: 'to read your feeds',
};

function hostsOf(value: unknown, source = 'run-time', permission = FETCH): unknown {
  const [granted] = withSettings([permission], () => ({ values: { hosts: value }, sources: { hosts: source } }));
  return granted?.constraints;
}

describe('hosts that a user writes into a setting [SEC-4, PLG-2]', () => {
  test('are granted beside those of the manifest, and nothing else changes', () => {
    expect(hostsOf(' Example.org, *.blog.test\n10.0.0.2')).toEqual({
      hosts: ['api.met.no', 'example.org', '*.blog.test', '10.0.0.2'],
      methods: ['GET'],
    });
  });

  test.each([
    ['what its author wrote as a default', 'evil.test', 'default'],
    ['what comes from nowhere', 'evil.test', ''],
    ['what is no host', 'https://evil.test/ *  *.* $setting/hosts a..b -', 'run-time'],
    ['what is no text', ['evil.test'], 'run-time'],
    ['nothing', undefined, 'run-time'],
  ])('are not %s', (_, value, source) => {
    const sources: Record<string, string> = source === '' ? {} : { hosts: source };
    const [granted] = withSettings([FETCH], () => ({ values: { hosts: value }, sources }));
    expect(granted?.constraints?.['hosts']).toEqual(expect.arrayContaining(['api.met.no']));
    expect(granted?.constraints?.['hosts']).not.toEqual(expect.arrayContaining([expect.stringMatching(/evil|\$|\*/)]));
  });

  test('are none while settings cannot be read, and 50 at most', () => {
    const unreadable = withSettings([FETCH], () => {
      throw new Error('broken');
    });
    expect(unreadable[0]?.constraints?.['hosts']).toEqual(['api.met.no']);
    const many = Array.from({ length: 99 }, (_, at) => `h${at}.test`).join(' ');
    expect((hostsOf(many) as { hosts: string[] }).hosts).toHaveLength(50);
  });

  test('are looked up for permissions that name a setting alone, and of topics that say what a constraint is', () => {
    const plain = [{ ...FETCH, constraints: { hosts: ['api.met.no'] } }];
    const never = () => expect.unreachable('no setting is named');
    expect(withSettings(plain, never)).toBe(plain);
    expect(hostsOf('example.org', 'run-time', { ...FETCH, topic: 'plugin.other.thing.v1' })).toEqual({
      hosts: ['api.met.no'],
      methods: ['GET'],
    });
  });

  test('are called what they are when the plugin is installed', () => {
    expect(permissionWords(FETCH)).toContain('only api.met.no, those that you name in its settings, under "hosts"');
  });
});
