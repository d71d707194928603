import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { de } from '../../ui/src/i18n/de.ts';
import { en, type PhraseKey } from '../../ui/src/i18n/en.ts';
import { errorsDe } from '../../ui/src/i18n/errors-de.ts';
import { type Phrase, placeholders } from '../../ui/src/i18n/fill.ts';
import { listSources } from './list-sources.ts';

const KEYS = Object.keys(en) as PhraseKey[];
const formsOf = (phrase: Phrase): string[] => (typeof phrase === 'string' ? [phrase] : [phrase.one, phrase.other]);

describe('the German catalogue', () => {
  test('has every word of the English one, and no other [UI-1]', () => {
    expect(Object.keys(de).sort()).toEqual([...KEYS].sort());
  });

  test('fills each phrase with the same values, in the same forms', () => {
    const different = KEYS.filter((key) => {
      const [german, english] = [de[key], en[key]];
      return `${placeholders(german)}` !== `${placeholders(english)}` || typeof german !== typeof english;
    });
    expect(different).toEqual([]);
  });
});

test('no word of any catalogue is empty or padded', () => {
  for (const catalogue of [en, de]) {
    for (const key of KEYS) for (const form of formsOf(catalogue[key])) expect(form, key).toMatch(/^\S(.*\S)?$/s);
  }
});

test('every word is said somewhere, and every word that is said is in the catalogue', () => {
  const code = listSources('ui/src', /\.(svelte|ts)$/)
    .filter((path) => !path.includes('/i18n/'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const families = [...code.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{/g)].map((match) => match[1] ?? '');
  const said = (key: string): boolean => code.includes(`'${key}'`) || families.some((family) => key.startsWith(family));
  const i18n = readFileSync(listSources('ui/src/i18n', /words\.svelte\.ts$/)[0] ?? '', 'utf8');
  expect(KEYS.filter((key) => !said(key) && !i18n.includes(`'${key}'`))).toEqual([]);
});

test('the errors that have German words exist', () => {
  const known = new Set(
    listSources('../../schemas/errors', /\.json$/).flatMap((path) =>
      Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object),
    ),
  );
  expect([...errorsDe.keys()].filter((code) => !known.has(code))).toEqual([]);
});
