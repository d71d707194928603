import { expect, test } from 'vitest';
import { detailName, detailText, KINDS, kindWords } from '../../ui/src/audit/audit-words.ts';
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
