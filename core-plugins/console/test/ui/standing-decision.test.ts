import { expect, test } from 'vitest';
import { standingDecision, withChoice } from '../../ui/src/consent/standing-decision.ts';

const HOSTS = [
  { name: 'hosts', value: 'a.example', words: 'a.example', granted: true },
  { name: 'hosts', value: 'b.example', words: 'b.example', granted: false },
];
const EACH = {
  permission: { verb: 'request', topic: 'net.http.fetch.v1', reason: 'To fetch.' } as const,
  words: 'contact computers',
  granted: true,
  until: '2027-01-01T00:00:00Z',
  choices: HOSTS,
};
const SAME = { verb: 'request', topic: 'net.http.fetch.v1', allow: true, until: '2027-01-01T00:00:00Z' };

test('a permission that is taken back and brought back by undo has its end and its parts as before [SEC-8]', () => {
  expect(standingDecision(EACH)).toEqual({ ...SAME, without: { hosts: ['b.example'] } });
});

test('a permission of which a part is taken away or given ends when it ended before [SEC-8]', () => {
  const [first, second] = HOSTS as [(typeof HOSTS)[number], (typeof HOSTS)[number]];
  expect(withChoice(EACH, first, false)).toEqual({ ...SAME, without: { hosts: ['a.example', 'b.example'] } });
  expect(withChoice(EACH, second, true)).toEqual(SAME);
});
