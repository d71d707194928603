import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AREAS } from '../../ui/src/audit/audit-asked.ts';
import { detailName, detailText, KINDS, kindWords, recordMeans } from '../../ui/src/audit/audit-words.ts';
import { scopeWords } from '../../ui/src/audit/scope-words.ts';
import { de } from '../../ui/src/i18n/de.ts';
import { type Catalogue, en, type PhraseKey } from '../../ui/src/i18n/en.ts';
import { fill, type Values } from '../../ui/src/i18n/fill.ts';

function wordsOf(catalogue: Catalogue, language: string) {
  return {
    t: (key: PhraseKey, values: Values = {}) => fill(catalogue[key], values, language),
    day: () => 'Today',
    time: () => '08:00',
  };
}
const ROOT = join(import.meta.dirname, '../../../..');
const PARTS = readdirSync(join(ROOT, 'core-plugins')).map((name) => `core-plugins/${name}/src`);

/** The kinds that a source names where it notes something. */
function kindsIn(source: string): string[] {
  const noting = source.match(/(?:note|noted|used)\('[^']*'|kind: [^,\n]*/g) ?? [];
  return noting.flatMap((each) => each.match(/(?<=')[a-z]+\.[a-z]+(?=')/g) ?? []);
}
const ENGLISH = wordsOf(en, 'en');
const GERMAN = wordsOf(de, 'de');

test('what is recorded is told in plain words of either language, and what others name stays as it is [UI-1, SEC-8]', () => {
  expect([kindWords('permission.refused', ENGLISH), kindWords('permission.refused', GERMAN)]).toEqual([
    'Something was refused',
    'Etwas wurde abgelehnt',
  ]);
  expect(kindWords('dice.rolled', ENGLISH)).toBeUndefined();
  for (const kind of KINDS) expect([kind, kindWords(kind, GERMAN)]).not.toEqual([kind, kindWords(kind, ENGLISH)]);
});

test('whatever AICO itself records has words [UI-1, SEC-8]', () => {
  const sources = ['kernel/src', 'host/src', ...PARTS].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(ROOT, folder, path), 'utf8')),
  );
  const noted = new Set(sources.flatMap(kindsIn));
  expect(noted.size).toBeGreaterThan(30);
  expect(noted.difference(new Set<string>(KINDS))).toEqual(new Set());
});

test('details are named and said in words: ways, times, and how far a permission reaches [UI-1]', () => {
  const said = (name: string, value: string) => [detailName(name, ENGLISH), detailText(name, value, ENGLISH)];
  expect(said('verb', 'request')).toEqual(['Kind of use', 'asks']);
  expect(said('how', 'install')).toEqual(['Asked', 'At the install']);
  expect(said('until', '2026-11-27T08:00:00.000Z')).toEqual(['Until', 'Today, 08:00']);
  expect(said('scope', '{"hosts":["a.b","c.d"],"allowHttp":true,"allowPrivate":false}')).toEqual([
    'How far',
    'computers: a.b, c.d; also without encryption',
  ]);
  expect(said('without', '{"allowHttp":["true"]}')).toEqual(['Without', 'also without encryption']);
  // Cut off, or somebody else's.
  expect(said('scope', '{"hosts":["a')).toEqual(['How far', '{"hosts":["a']);
  expect(said('sides', '6')).toEqual(['sides', '6']);
});

test('a scope that nobody has words for is shown without brackets [UI-1]', () => {
  expect(scopeWords({ sinceDays: 7, rooms: ['kitchen', { deep: 1 }] }, GERMAN)).toBe(
    'Tage zurück: 7; rooms: kitchen, {"deep":1}',
  );
});

test('whatever is recorded can be searched by its area [UI-1, SEC-8]', () => {
  const areas = new Set(KINDS.map((kind) => kind.slice(0, kind.indexOf('.'))));
  expect(areas.difference(new Set<string>(AREAS))).toEqual(new Set());
});

test('a record says in its line which permission it is about, and for whom a key is [UI-1, SEC-8]', () => {
  const permission = { verb: 'request', topic: 'chat.message.list.v1', reason: 'To count.' } as const;
  const plugins = [
    {
      id: 'analytics',
      name: 'Analytics',
      permissions: [{ permission, words: 'read your conversations', granted: false }],
    },
    { id: 'chat', name: 'Chat', permissions: [] },
  ];
  const said = (plugin: string, details?: Record<string, string>) =>
    recordMeans({ plugin, ...(details && { details }) }, plugins, { ...ENGLISH, may: (words) => words });
  const { verb, topic } = permission;
  expect([
    said('analytics', { verb, topic, how: 'settings' }),
    said('gone', { verb, topic }),
    said('analytics', { topic }),
    said('gone', { topic }),
    said('storage', { purpose: 'storage', for: 'chat' }),
    said('chat', { purpose: 'topics', for: 'chat' }),
    said('chat'),
  ]).toEqual([
    'read your conversations',
    'chat.message.list.v1',
    'read your conversations',
    undefined,
    'for Chat',
    undefined,
    undefined,
  ]);
});
