import { expect, test } from 'vitest';
import { plainText } from '../../ui/src/markdown/plain-text.ts';

test.each([
  [
    '## Tea\n\n- **Green** tea, `hot`\n- [x] *black* [from here](https://tea.example)',
    'Tea\nGreen tea, hot\nblack from here',
  ],
  ['> ***Very*** good\n\n```js\nlet a = 1;\n```', 'Very good\nlet a = 1;'],
  ['2 * 3 * 4 = 24 and snake_case_name', '2 * 3 * 4 = 24 and snake_case_name'],
  ['cut off in **the mid', 'cut off in **the mid'],
  ['![A map](https://x.example/y.png) of it', 'A map of it'],
  ['', ''],
])('an excerpt of a reply shows its words without the marks of Markdown: %j [DATA-7, UI-1]', (markdown, text) => {
  expect(plainText(markdown)).toBe(text);
});
