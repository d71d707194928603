import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches, type Pattern, type Topic, TopicTrie } from '../src/index.ts';

const token = fc.constantFrom('a', 'b');
const topic = fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => `${tokens.join('.')}.v1` as Topic);
const pattern = fc
  .record({
    tokens: fc.array(fc.oneof(token, fc.constant('*')), { maxLength: 3 }),
    end: fc.constantFrom('v1', '>', '*'),
  })
  .map(({ tokens, end }) => [...tokens, end].join('.') as Pattern);

test('finds exactly what every pattern by itself would, while some come and go [BUS-4]', () => {
  fc.assert(
    fc.property(
      fc.array(pattern),
      fc.array(fc.nat()),
      fc.array(topic, { minLength: 1 }),
      (patterns, removals, topics) => {
        const trie = new TopicTrie<number>(2);
        const undos = patterns.map((each, index) => trie.add(each, index));
        const there = new Set(patterns.keys());
        const check = () => {
          for (const literal of topics) {
            const expected = [...there].filter((index) => matches(patterns[index]!, literal));
            expect([...trie.match(literal)].sort((a, b) => a - b)).toEqual(expected);
          }
        };
        check();
        for (const removal of patterns.length === 0 ? [] : removals) {
          undos[removal % patterns.length]?.();
          there.delete(removal % patterns.length);
          check();
        }
      },
    ),
  );
});

test('answers a value once, however many of its patterns hold the topic [BUS-4]', () => {
  const trie = new TopicTrie<string>();
  for (const each of ['a.>', 'a.*', 'a.v1', '>']) trie.add(each as Pattern, 'subscriber');
  expect(trie.match('a.v1')).toEqual(['subscriber']);
});

test('keeps what was added again, when an undo is called twice [BUS-4]', () => {
  const trie = new TopicTrie<string>();
  const undo = trie.add('a.v1' as Pattern, 'one');
  undo();
  trie.add('a.v1' as Pattern, 'other');
  undo();
  expect(trie.match('a.v1')).toEqual(['other']);
});
