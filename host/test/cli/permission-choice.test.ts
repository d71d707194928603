import type { PluginInfo } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { numberedPermissions, parseRefusals } from '../../src/cli/permission-choice.ts';

const FETCH = { verb: 'request', topic: 'net.http.fetch.v1' } as const;
const RECALL = { verb: 'request', topic: 'memory.recall.v1' } as const;
const host = (value: string) => ({ name: 'hosts', value, words: value, granted: true });
const PERMISSIONS: PluginInfo['permissions'] = [
  {
    permission: { ...FETCH, reason: 'To look it up.' },
    words: 'fetch from the internet',
    granted: true,
    choices: [host('a.org'), host('b.org')],
  },
  { permission: { ...RECALL, reason: 'To know you.', optional: true }, words: 'recall', granted: false, risk: 'high' },
];

describe('what is refused at an installation [PLG-2, SEC-8]', () => {
  test('is chosen from a numbered list that names risks and what is asked later', () => {
    expect(numberedPermissions(PERMISSIONS, false)).toBe(
      '  1. fetch from the internet\n     To look it up.\n     1a a.org   1b b.org\n' +
        '  2. recall (look twice) (asked when it is used)\n     To know you.\n',
    );
  });

  test.each([
    ['none', []],
    ['', []],
    ['2', [{ ...RECALL, allow: false }]],
    ['1b', [{ ...FETCH, allow: true, without: { hosts: ['b.org'] } }]],
    [
      '1a, 1b 2',
      [
        { ...FETCH, allow: true, without: { hosts: ['a.org', 'b.org'] } },
        { ...RECALL, allow: false },
      ],
    ],
    ['1 1a', [{ ...FETCH, allow: false }]],
  ])('is read from "%s"', (typed, decisions) => {
    expect(parseRefusals(typed, PERMISSIONS)).toEqual(decisions);
  });

  test.each(['3', '0', '1c', '2a', 'all'])('is no guess: "%s" is told to be none of the list', (typed) => {
    expect(() => parseRefusals(typed, PERMISSIONS)).toThrow(`"${typed}" is none of the numbers shown.`);
  });
});
