import {
  type Arbitrary,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  property,
  record,
  tuple,
  uniqueArray,
} from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical } from '../src/canonical.ts';
import { ChainCheck } from '../src/chain-check.ts';
import { BEGINNING, type Link, linkOf } from '../src/link.ts';
import { createSigner, type Signed } from '../src/signer.ts';

const signer = createSigner('0b'.repeat(32));
const KINDS = ['permission.granted', 'plugin.installed', 'session.begun', 'key.derived'] as const;

interface Whole {
  readonly links: readonly Link[];
  readonly checkpoints: readonly Signed[];
}

/** Chains as they are made: records of any of the kinds, a checkpoint every four and at the end. */
const chains: Arbitrary<Whole> = uniqueArray(
  record({
    kind: constantFrom(...KINDS),
    topic: constantFrom('a.v1', 'b.v1'),
    at: integer({ min: 1, max: 1_000_000 }),
  }),
  { minLength: 3, maxLength: 20, selector: ({ at }) => at },
).map((facts) => {
  const links: Link[] = [];
  for (const { kind, topic, at } of facts)
    links.push(
      linkOf(
        { time: new Date(at).toISOString(), source: 'kernel', kind, details: { topic } },
        links.at(-1) ?? BEGINNING,
      ),
    );
  const signed = links.filter(({ number }) => number % 4 === 0 || number === links.length);
  const time = new Date(0).toISOString();
  return { links, checkpoints: signed.map(({ number, hash }) => signer.sign('checkpoint', { number, hash, time })) };
});

function judge({ links, checkpoints }: Whole, cut?: Signed) {
  const check = new ChainCheck(signer, { cut, checkpoints, heads: [] });
  for (const link of links) check.add(link);
  return check.end();
}

const withPlace = tuple(chains, integer({ min: 0, max: 1_000 })).map(
  ([whole, place]) => [whole, place % whole.links.length] as const,
);

describe('a chain of records [SEC-9]', () => {
  test('is sound as it was made', () => {
    assert(property(chains, (whole) => judge(whole).sound));
  });

  test('tells of any record that was altered, even with a hash that fits', () => {
    assert(
      property(withPlace, constantFrom('body', 'hash', 'both'), ([{ links, checkpoints }, at], what) => {
        const changed = links.map((link, index) => {
          if (index !== at) return link;
          const forged = linkOf({ ...JSON.parse(link.body), kind: 'nothing.happened' }, links[at - 1] ?? BEGINNING);
          return {
            ...link,
            ...(what === 'hash' ? {} : { body: forged.body }),
            ...(what === 'body' ? {} : { hash: forged.hash }),
          };
        });
        return !judge({ links: changed, checkpoints }).sound;
      }),
    );
  });

  test('tells of any record that was dropped, also at the end up to what was signed', () => {
    assert(
      property(withPlace, ([{ links, checkpoints }, at]) => {
        const dropped = links.filter((_, index) => index !== at);
        return (
          !judge({ links: dropped, checkpoints }).sound && !judge({ links: links.slice(0, at), checkpoints }).sound
        );
      }),
    );
  });

  test('tells of any two records that changed places, numbers and all', () => {
    assert(
      property(withPlace, ([{ links, checkpoints }, at]) => {
        const other = (at + 1) % links.length;
        const swapped = links.map((link, index) => links[index === at ? other : index === other ? at : index] ?? link);
        const renumbered = swapped.map((link, index) => ({ ...link, number: index + 1 }));
        return !judge({ links: swapped, checkpoints }).sound && !judge({ links: renumbered, checkpoints }).sound;
      }),
    );
  });

  test('tells of a record that was put in, though all that follow were linked anew', () => {
    assert(
      property(withPlace, ([{ links, checkpoints }, at]) => {
        const forged: Link[] = links.slice(0, at);
        forged.push(
          linkOf({ time: new Date(0).toISOString(), source: 'kernel', kind: 'a.b' }, forged.at(-1) ?? BEGINNING),
        );
        for (const link of links.slice(at)) {
          const { number, previous, ...fact } = JSON.parse(link.body);
          forged.push(linkOf(fact, forged.at(-1) ?? BEGINNING));
        }
        return !judge({ links: forged, checkpoints }).sound;
      }),
    );
  });

  test('stays sound behind a signed cut, and behind no other', () => {
    assert(
      property(withPlace, ([{ links, checkpoints }, at]) => {
        const { number, hash } = links[at] ?? BEGINNING;
        const rest = { links: links.slice(at + 1), checkpoints: checkpoints.filter((each) => each.number > number) };
        const time = new Date(0).toISOString();
        const cut = signer.sign('cut', { number, hash, time });
        const stranger = createSigner('0c'.repeat(32)).sign('cut', { number, hash, time });
        const checkpoint = signer.sign('checkpoint', { number, hash, time });
        expect(judge(rest, cut)).toMatchObject({ sound: true, cutAfter: number });
        for (const wrong of [stranger, checkpoint]) expect(judge(rest, wrong).sound).toBe(false);
        if (rest.links.length > 0) expect(judge(rest).sound).toBe(false);
      }),
    );
  });
});

test.each([
  [{ b: 1, a: 'ä\n', '\u{1f600}': [], '\ufb33': {} }, '{"a":"ä\\n","b":1,"\u{1f600}":[],"\ufb33":{}}'],
  [[1e21, 1e-7, -0, 4.5, 2 ** 53], '[1e+21,1e-7,0,4.5,9007199254740992]'],
  ['\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
])('JSON has one canonical form, RFC 8785 [SEC-9]', (value, text) => {
  expect(canonical(value)).toBe(text);
});

test('what is no JSON has none [SEC-9]', async () => {
  await assert(
    asyncProperty(
      constantFrom<unknown>(undefined, Number.NaN, Number.POSITIVE_INFINITY, '\ud800', 1n),
      async (value) => {
        expect(() => canonical(value)).toThrow(TypeError);
      },
    ),
  );
});
