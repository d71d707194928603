import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  contains,
  isAicoError,
  isReserved,
  isWildcard,
  matches,
  overlaps,
  type Pattern,
  parsePattern,
  parseTopic,
  TOPICS,
  type Topic,
  topicOwner,
} from '../src/index.ts';

const token = fc.constantFrom('a', 'b', 'c');
const topic = fc.array(token, { minLength: 1, maxLength: 4 }).map((tokens) => `${tokens.join('.')}.v1` as Topic);
const pattern = fc
  .record({
    tokens: fc.array(fc.oneof(token, fc.constant('*')), { minLength: 0, maxLength: 4 }),
    end: fc.constantFrom('v1', '>', '*'),
  })
  .map(({ tokens, end }) => [...tokens, end].join('.') as Pattern);

test.each(['chat.message.created.v1', 'a.v1', 'plugin.my-plugin-2.command.run.v12', `${'a.'.repeat(15)}v1`])(
  'reads the topic %s [BUS-2]',
  (text) => {
    expect(parseTopic(text)).toBe(text);
  },
);

test.each([
  '',
  'v1',
  'chat',
  'chat.message',
  'chat.message.v0',
  'chat.message.v01',
  'chat.message.v',
  'chat.message.V1',
  'Chat.message.v1',
  'chat..v1',
  '.chat.v1',
  'chat.v1.',
  'chat.*.v1',
  'chat.>',
  'chat.mess age.v1',
  'chat.-a.v1',
  'chat.a-.v1',
  'chat.é.v1',
  'chat.a_b.v1',
  'chat.message.v1\n',
  `${'a.'.repeat(16)}v1`,
  `${'a'.repeat(253)}.v1`,
])('refuses the topic %j [BUS-2]', (text) => {
  expect(() => parseTopic(text)).toThrow(expect.objectContaining({ code: 'KERNEL_TOPIC_MALFORMED' }));
});

test.each(['>', '*', 'chat.>', 'chat.*.v1', '*.*', 'chat.*.>', 'chat.message.created.v1'])(
  'reads the pattern %s [BUS-4]',
  (text) => {
    expect(parsePattern(text)).toBe(text);
  },
);

test.each(['', '>.v1', 'chat.>.v1', 'chat.a*.v1', 'chat.**.v1', 'chat.message', 'chat..>'])(
  'refuses the pattern %j [BUS-4]',
  (text) => {
    expect(() => parsePattern(text)).toThrow(expect.objectContaining({ code: 'KERNEL_TOPIC_MALFORMED' }));
  },
);

test('refuses any text as a topic, or reads it unchanged, and shows none of its control characters [BUS-2]', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      try {
        expect(parseTopic(text)).toBe(text);
      } catch (error) {
        expect(isAicoError(error, 'KERNEL_TOPIC_MALFORMED')).toBe(true);
        expect((error as Error).message).toMatch(/^[\x20-\x7e]*$/);
      }
    }),
  );
});

test.each<[string, string, boolean]>([
  ['chat.*.created.v1', 'chat.message.created.v1', true],
  ['chat.*', 'chat.message.created.v1', false],
  ['chat.>', 'chat.message.created.v1', true],
  ['>', 'a.v1', true],
  ['chat.message.>', 'chat.message.v1', true],
  ['chat.message.v1.>', 'chat.message.v1', false],
  ['chat.message.created.v1', 'chat.message.created.v2', false],
])('%s holds %s: %s [BUS-4]', (outer, inner, holds) => {
  expect(matches(outer as Pattern, inner as Topic)).toBe(holds);
});

test('a pattern within another holds no topic that the other does not [BUS-4, SEC-4]', () => {
  fc.assert(
    fc.property(pattern, pattern, topic, (outer, inner, literal) => {
      fc.pre(contains(outer, inner) && matches(inner, literal));
      expect(matches(outer, literal)).toBe(true);
    }),
  );
});

test('patterns that share a topic overlap, whichever comes first [BUS-4, SEC-4]', () => {
  fc.assert(
    fc.property(pattern, pattern, topic, (one, other, literal) => {
      expect(overlaps(one, other)).toBe(overlaps(other, one));
      if (matches(one, literal) && matches(other, literal)) expect(overlaps(one, other)).toBe(true);
      if (contains(one, other)) expect(overlaps(one, other)).toBe(true);
    }),
  );
});

test('knows whose a topic is, and which are the kernel’s [SEC-4]', () => {
  expect(topicOwner('plugin.dice.command.run.v1')).toBe('dice');
  expect(topicOwner('plugins.dice.v1')).toBeUndefined();
  expect([isReserved('kernel.plugin.list.v1'), isReserved('kernels.a.v1')]).toEqual([true, false]);
  expect(['a.*.v1', 'a.>', 'a.v1'].map(isWildcard)).toEqual([true, true, false]);
});

test('reads every topic of the table [BUS-2]', () => {
  for (const { topic: text } of TOPICS) expect(parsePattern(text)).toBe(text);
});
