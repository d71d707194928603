import { contains, type Pattern, TOPICS } from '@aico/schemas';
import { array, assert, constantFrom, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { contractsOf } from '../../src/control/contracts-of.ts';

/** A contract's topic, a token of it and each after it taken for wildcards. */
const asked = property(
  array(constantFrom(...TOPICS), { minLength: 1, maxLength: 5 }),
  integer({ min: 0, max: 4 }),
  constantFrom('*', '>'),
  (contracts, at, wildcard) => {
    for (const { topic } of contracts) {
      const tokens = topic.split('.');
      const cut = wildcard === '>' ? [...tokens.slice(0, Math.max(1, at)), '>'] : tokens.with(at % tokens.length, '*');
      const pattern = cut.join('.') as Pattern;
      const about = TOPICS.filter(
        (each) => contains(pattern, each.topic as Pattern) || contains(each.topic as Pattern, pattern),
      );
      expect(contractsOf(pattern)).toEqual(about);
      expect(contractsOf(pattern)).toEqual(about);
    }
  },
);

test('a pattern is about each contract within it and each that it lies in, asked once or again [PLG-2]', () => {
  assert(asked);
});

test('what nobody described has no contract, and many such topics are answered as before [PLG-2, PLG-3]', () => {
  const known = contractsOf('chat.message.created.v1');
  expect(known.map(({ topic }) => topic)).toEqual(['chat.message.created.v1']);
  for (let at = 0; at < 1500; at++) expect(contractsOf(`stranger.thing.happened-${at}.v1`)).toEqual([]);
  expect(contractsOf('chat.message.created.v1')).toEqual(known);
});

test('what is no topic is refused [PLG-2]', () => {
  expect(() => contractsOf('Chat..v1')).toThrow(expect.objectContaining({ code: 'KERNEL_TOPIC_MALFORMED' }));
});
