import { expect, test } from 'vitest';
import { findMention, isSearchable } from '../src/mentions.ts';

test('a name is found as a whole word, in whatever case, accents and genitive [DATA-7]', () => {
  const found = ['I met Ada.', "ADA's hat", 'Adas Hut', 'Ádá!', 'the ada-list'].map((text) =>
    findMention(text, ['Ada']),
  );
  expect(found).toEqual([6, 0, 0, 0, 4]);
  for (const text of ['Canada', 'adage', '', 'A d a']) expect(findMention(text, ['Ada']), text).toBeUndefined();
});

test('a name of several words is found as such, and nothing by a name without letters [DATA-7]', () => {
  expect(findMention('Then Ada  Lovelace came.', ['Ada Lovelace'])).toBe(5);
  expect(findMention('Then Ada came.', ['Ada Lovelace'])).toBeUndefined();
  expect(findMention('Then Byron came.', ['Ada Lovelace', 'byron'])).toBe(5);
  expect(findMention("Anything of Ada's", ['', '…', '!', '\u0301'])).toBeUndefined();
  expect(['Ada', 'Ж', '7', '!!!', '🦊', '\u0301', ''].map(isSearchable)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('a name is found whatever its capitals make of it, and in a word that says where it may be broken [DATA-7]', () => {
  expect(findMention('FRAU WEISS kam', ['Weiß'])).toBe(5);
  expect(findMention('Frau Weiß kam', ['WEISS'])).toBe(5);
  expect(findMention('Jür\u00ADgen kam', ['Jürgen'])).toBe(0);
  expect(findMention('Jürgen kam', ['Jür\u00ADgen'])).toBe(0);
});

test('a name is found in scripts that leave no space around it [DATA-7]', () => {
  expect(findMention('昨日は田中さんと会った', ['田中'])).toBe(3);
  expect(findMention('田中太郎です', ['田中 太郎'])).toBe(0);
  expect(findMention('昨日は田中 太郎さんと', ['田中 太郎'])).toBe(3);
  expect(findMention('민수는 친구야', ['민수'])).toBe(0);
  expect(findMention('สวัสดีสมชายครับ', ['สมชาย'])).toBeGreaterThan(0);
  expect(findMention('田んぼの中', ['田中'])).toBeUndefined();
  expect(findMention('민순은 친구야', ['민수'])).toBeUndefined();
});
