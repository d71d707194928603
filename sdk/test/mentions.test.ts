import { expect, test } from 'vitest';
import { findMention } from '../src/mentions.ts';

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
  expect(findMention('Anything', ['', '…', '!'])).toBeUndefined();
});
