/** What opens a line: headings, quotes, lists, rules and fences. */
const LINE_MARKS =
  /^\s{0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+(?:\[[ xX]\]\s+)?|```\S*\s*$|~~~\S*\s*$|(?:-{3,}|\*{3,}|_{3,})\s*$)/gm;
const LINK = /!?\[([^\]\n]*)\]\([^()\s]*\)/g;
/** Pairs of marks around words; what stands between spaces, as in 2 * 3, is none. */
const PAIRS = /(\*\*|__|~~|`+|(?<![\p{L}\p{N}])_|\*)(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}]*_)/gu;

/** Markdown as words alone, for an excerpt that may begin and end anywhere. */
export function plainText(markdown: string): string {
  const lines = markdown.replace(LINE_MARKS, '').replace(LINK, '$1');
  // Once more for what is bold inside of something else.
  return lines
    .replace(PAIRS, '$2')
    .replace(PAIRS, '$2')
    .replace(/\n{2,}/g, '\n')
    .trim();
}
