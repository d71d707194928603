import { AccessList, type GrantVerb } from '@aico/kernel';
import {
  contains,
  type Grant,
  matches,
  overlaps,
  type Pattern,
  parsePattern,
  parseTopic,
  TopicTrie,
} from '@aico/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const allow = (verb: GrantVerb, topic: string, constraints?: Record<string, unknown>): Grant =>
  constraints === undefined ? { verb, topic, effect: 'allow' } : { verb, topic, effect: 'allow', constraints };
const deny = (verb: GrantVerb, topic: string): Grant => ({ verb, topic, effect: 'deny' });

describe('a grant, a topic and a verb [SEC-4, PLG-2]', () => {
  const grants = [
    allow('request', 'storage.>'),
    allow('subscribe', 'chat.*.created.v1'),
    allow('publish', 'chat.message.created.v1'),
    deny('request', 'storage.sql.*.v1'),
    allow('subscribe', '>'),
    deny('subscribe', 'vault.>'),
    allow('request', 'kernel.plugin.list.v1'),
    allow('serve', 'plugin.>'),
    allow('publish', 'kernel.plugin.changed.v1'),
  ];
  const list = new AccessList('dice', grants);
  test.each([
    ['request', 'storage.kv.get.v1', true, 'a wildcard reaches what lies below it'],
    ['request', 'storage.sql.batch.v1', false, 'a denial outweighs a grant'],
    ['publish', 'storage.kv.get.v1', false, 'a verb is granted by itself'],
    ['publish', 'chat.message.created.v1', true, 'a literal grant'],
    ['publish', 'chat.message.created.v2', false, 'another major version is another topic'],
    ['subscribe', 'chat.message.created.v1', true, 'one token by *'],
    ['subscribe', 'vault.state.changed.v1', false, 'a denial outweighs even >'],
    ['subscribe', 'kernel.plugin.changed.v1', false, 'no wildcard reaches the kernel'],
    ['request', 'kernel.plugin.list.v1', true, 'a literal grant does'],
    ['publish', 'kernel.plugin.changed.v1', false, 'nobody speaks as the kernel'],
    ['serve', 'plugin.dice.command.run.v1', true, 'its own topics'],
    ['serve', 'plugin.diary.command.run.v1', false, "never another plugin's"],
  ] as const)('%s %s: %s (%s)', (verb, topic, allowed, _why) => {
    expect(list.decide(verb, topic).allowed).toBe(allowed);
  });

  test('an empty list grants nothing', () => {
    expect(new AccessList('dice', []).decide('request', 'storage.kv.get.v1').allowed).toBe(false);
  });

  test("the literal grant's constraints win over a wildcard's", () => {
    const both = [
      allow('request', 'vault.>', { purposes: ['all'] }),
      allow('request', 'vault.key.derive.v1', { purposes: ['storage'] }),
    ];
    const { constraints } = new AccessList('storage', both).decide('request', 'vault.key.derive.v1');
    expect(constraints).toEqual({ purposes: ['storage'] });
  });

  test('a subscribe pattern must lie within one granted pattern', () => {
    const narrow = new AccessList('dice', [allow('subscribe', 'chat.*.created.v1'), allow('subscribe', 'llm.>')]);
    const admits = (pattern: string): boolean => narrow.admitsSubscription(parsePattern(pattern));
    expect([admits('chat.message.created.v1'), admits('llm.status.>'), admits('chat.>'), admits('>')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

const token = fc.constantFrom('a', 'b', 'c');
const topicText = fc.array(token, { minLength: 1, maxLength: 4 }).map((tokens) => [...tokens, 'v1'].join('.'));
const patternText = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '*'), { minLength: 1, maxLength: 4 }), fc.constantFrom('v1', '*', '>'))
  .map(([tokens, end]) => [...tokens, end].join('.'));

/** The definition of matching, as plainly as it can be said. */
function matchesPlainly(pattern: string, topic: string): boolean {
  const expression = pattern
    .split('.')
    .map((each) => (each === '>' ? '.+' : each === '*' ? '[^.]+' : each))
    .join('\\.');
  return new RegExp(`^${expression}$`).test(topic);
}

describe('patterns, against a brute-force model [BUS-4, SEC-4]', () => {
  const universe = (() => {
    const all: string[] = [];
    const grow = (tokens: string[]): void => {
      if (tokens.length > 0) all.push([...tokens, 'v1'].join('.'));
      if (tokens.length < 5) for (const each of ['a', 'b', 'c']) grow([...tokens, each]);
    };
    grow([]);
    return all;
  })();

  test('a topic matches as its definition says', () => {
    fc.assert(
      fc.property(patternText, topicText, (pattern, topic) => {
        expect(matches(parsePattern(pattern), parseTopic(topic))).toBe(matchesPlainly(pattern, topic));
      }),
    );
  });

  test('a pattern that contains another matches every topic of it', () => {
    fc.assert(
      fc.property(patternText, patternText, (outer, inner) => {
        const inside = universe.filter((topic) => matchesPlainly(inner, topic));
        if (!contains(outer as Pattern, inner as Pattern)) return;
        expect(inside.filter((topic) => !matchesPlainly(outer, topic))).toEqual([]);
      }),
    );
  });

  test('two patterns overlap when some topic lies in both', () => {
    fc.assert(
      fc.property(patternText, patternText, (one, other) => {
        const shared = universe.some((topic) => matchesPlainly(one, topic) && matchesPlainly(other, topic));
        if (shared) expect(overlaps(one as Pattern, other as Pattern)).toBe(true);
      }),
    );
  });

  test('the trie finds exactly the patterns that match, also after some are removed', () => {
    const entry = fc.record({ pattern: patternText, kept: fc.boolean() });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), topicText, (entries, topic) => {
        const trie = new TopicTrie<number>();
        const undo = entries.map(({ pattern }, at) => trie.add(parsePattern(pattern), at));
        trie.match(topic);
        entries.forEach(({ kept }, at) => {
          if (!kept) undo[at]?.();
        });
        const expected = entries.flatMap(({ pattern, kept }, at) =>
          kept && matchesPlainly(pattern, topic) ? [at] : [],
        );
        expect([...trie.match(topic)].sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });

  test('a decision is some matching allow and no matching deny', () => {
    const grant = fc.record({ topic: patternText, effect: fc.constantFrom('allow' as const, 'deny' as const) });
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 8 }), topicText, (grants, topic) => {
        const list = new AccessList(
          'x',
          grants.map((each) => ({ ...each, verb: 'request' as const })),
        );
        const hits = grants.filter((each) => matchesPlainly(each.topic, topic));
        const expected = hits.length > 0 && hits.every((each) => each.effect === 'allow');
        expect(list.decide('request', topic).allowed).toBe(expected);
      }),
    );
  });
});

test.each([
  '',
  '.',
  'a',
  'a.',
  '.a.v1',
  'a..v1',
  'A.v1',
  'a.V1',
  'a.v0',
  'a.v01',
  'a.b',
  'a b.v1',
  'a\u0000.v1',
  'а.v1',
  'a.*.v1',
  'a.>',
  'a_b.v1',
  '-a.v1',
  'a-.v1',
  'a--b.v1',
  'a.v1.',
  'a\n.v1',
  'ａ.v1',
  'a/b.v1',
  '__proto__.v1',
  'a.v1\u200b',
  `${'a'.repeat(253)}.v1`,
  `${'a.'.repeat(16)}v1`,
])('refuses the malformed topic %j [BUS-2]', (text) => {
  expect(() => parseTopic(text)).toThrowError(expect.objectContaining({ code: 'KERNEL_TOPIC_MALFORMED' }));
});

test.each(['>.a.v1', 'a.>.v1', 'a.**', 'a.b*', '>>', 'a.*.', '*a.v1', 'a.b'])(
  'refuses the malformed pattern %j [BUS-2]',
  (text) => {
    expect(() => parsePattern(text)).toThrowError(expect.objectContaining({ code: 'KERNEL_TOPIC_MALFORMED' }));
  },
);
