import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitMessage } from '../src/split-message.ts';

test('keeps a short message whole, on one line', () => {
  expect(splitMessage('My dog is called Biscuit.\nHe is four.')).toEqual(['My dog is called Biscuit. He is four.']);
});

test('makes nothing of commands, code and signs', () => {
  for (const text of ['/roll 2d6', '  /diary', '', '👍', '...', '```js\nlet secret = 1;\n```', '```\nunclosed'])
    expect(splitMessage(text)).toEqual([]);
  expect(splitMessage('Look at this:\n```\ncode\n```\nIt fails.')).toEqual(['Look at this: It fails.']);
});

test('splits a long message by paragraphs and sentences', () => {
  const first = 'I grew up in a small town near the sea. '.repeat(6).trim();
  const second = 'My father was a fisherman. He taught me to swim.';
  expect(splitMessage(`${first}\n\n${second}\n\n${first}`)).toEqual([first, second, first]);
});

test('loses no word of what was told, whatever it is, and no part is long', () => {
  const word = fc.string({ minLength: 2, maxLength: 12, unit: fc.constantFrom('a', 'b', 'ö', '日', '🙂', '9') });
  const end = fc.constantFrom(' ', '. ', '? ', '\n', '\n\n', '! ', ', ');
  fc.assert(
    fc.property(fc.array(fc.tuple(word, end), { maxLength: 300 }), (pieces) => {
      const text = pieces.flat().join('');
      const parts = splitMessage(text);
      expect(parts.every((part) => part.length <= 300 && part === part.trim() && part.isWellFormed())).toBe(true);
      const letters = (told: string) => told.replace(/[^ab9日ö]/g, '');
      expect(letters(text).startsWith(letters(parts.join('')))).toBe(true);
      if (parts.length < 60 && /[abö日9]{2}/.test(text)) expect(parts.length).toBeGreaterThan(0);
    }),
  );
});

test('cuts what has no end', () => {
  const parts = splitMessage('x'.repeat(1000));
  expect(parts.map(({ length }) => length)).toEqual([300, 300, 300, 100]);
  expect(splitMessage(`${'word '.repeat(200)}`).every((part) => part.length <= 300)).toBe(true);
});
