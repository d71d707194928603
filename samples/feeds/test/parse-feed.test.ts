import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseFeed } from '../src/parse-feed.ts';

const file = (name: string): string => readFileSync(new URL(`feeds/${name}.xml`, import.meta.url), 'utf8');
const rss = (items: string, title = 'News'): string =>
  `<rss version="2.0"><channel><title>${title}</title>${items}</channel></rss>`;
const item = (title: string, link = 'https://x.test/1'): string =>
  `<item><title>${title}</title><link>${link}</link></item>`;

test('reads RSS 2.0 [PLG-9]', () => {
  expect(parseFeed(file('rss'))).toEqual({
    title: 'Harbour news',
    entries: [
      { id: 'harbour-3', title: 'A & B: the new pier “opens” on Friday', link: 'https://harbour.test/pier' },
      { id: 'https://harbour.test/gulls', title: 'Gulls count us, too', link: 'https://harbour.test/gulls' },
      { id: 'harbour-1', title: 'Nothing but a description', link: undefined },
    ],
  });
});

test('reads Atom, whichever links it has beside the one to open [PLG-9]', () => {
  expect(parseFeed(file('atom'))).toEqual({
    title: 'Lighthouse notes',
    entries: [
      { id: 'urn:uuid:2', title: 'Lamps <and> lenses', link: 'https://light.test/lamps?a=1&b=2' },
      { id: 'urn:uuid:1', title: 'First light', link: 'https://light.test/first' },
    ],
  });
});

test('reads RSS 1.0, whose entries stand beside the channel [PLG-9]', () => {
  const xml = `<rdf:RDF xmlns:rdf="r"><channel><title>Old</title></channel>${item('One')}</rdf:RDF>`;
  expect(parseFeed(xml)).toEqual({
    title: 'Old',
    entries: [{ id: 'https://x.test/1', title: 'One', link: 'https://x.test/1' }],
  });
});

const LOL = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>${rss(item('&b;'))}`;
const OUTSIDE = `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>${rss(item('&x;'))}`;

test.each([
  ['entities that grow', LOL],
  ['entities from outside', OUTSIDE],
  ['HTML', '<!doctype html><html><body>Hello</body></html>'],
  ['HTML without a word about it', '<html><body>Hello</body></html>'],
  ['JSON', '{"version": "https://jsonfeed.org/version/1.1"}'],
  ['half a feed', rss(item('One')).slice(0, 60)],
  ['nothing', ''],
  ['tags without end', `<rss><channel>${'<a>'.repeat(300_000)}`],
  ['tags that close at the very end', `<rss><channel>${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}</channel></rss>`],
])('%s is no feed, and harms nobody [PLG-9, SEC-4]', (_, xml) => {
  expect(parseFeed(xml)).toBe(undefined);
});

test('takes no more than it can use, and no link that a browser should not open [PLG-9]', () => {
  const many = parseFeed(
    rss(Array.from({ length: 500 }, (_, at) => item(`Title ${at}`, `https://x.test/${at}`)).join('')),
  );
  expect(many?.entries).toHaveLength(200);
  const titles = parseFeed(
    rss(item(`${'long '.repeat(100)}`) + item('&lt;b&gt;Bold&lt;/b&gt;&nbsp;&unknown; move', 'javascript:alert(1)')),
  );
  expect(titles?.entries.map(({ title, link }) => [title.length <= 160, link])).toEqual([
    [true, 'https://x.test/1'],
    [true, undefined],
  ]);
  expect(titles?.entries[1]?.title).toBe('Bold move');
});

test('two megabytes are read in a moment [PLG-9]', () => {
  const begun = performance.now();
  const text = `<description><![CDATA[${'x'.repeat(4_000)}]]></description>`;
  const entries = Array.from({ length: 480 }, (_, at) => `<item><title>${at}</title>${text}</item>`).join('');
  expect(parseFeed(rss(entries))?.entries).toHaveLength(200);
  expect(performance.now() - begun).toBeLessThan(5_000);
});
