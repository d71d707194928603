/** What divides no word: a place to break it, or how its letters join. */
const JOINERS = '\\u00AD\\u034F\\u200C\\u200D\\u2060\\uFEFF';
const WORD = new RegExp(`[\\p{L}\\p{N}\\p{M}${JOINERS}]+`, 'gu');
const LEFT_OUT = new RegExp(`[\\p{M}${JOINERS}]+`, 'gu');
/** Written without spaces between words, or with endings that follow a name at once. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u;

/**
 * Where a text first mentions one of some names: whole words, whatever their case and accents, in any of the forms "Ada", "Ada's"
 * and "Adas"; in scripts without spaces between words, anywhere. For plugins that serve `plugin.<id>.forget.find.v1`.
 * @returns the position in the text, in UTF-16 units; undefined when it mentions none
 */
export function findMention(text: string, names: readonly string[]): number | undefined {
  const wanted = names.flatMap(formsOf);
  const words = [...text.matchAll(WORD)].map((match) => ({ at: match.index, word: fold(match[0]) }));
  for (const [at, word] of words.entries()) {
    const offsets = wanted.flatMap((name) => offsetIn(words, at, name) ?? []);
    if (offsets.length > 0) return word.at + Math.min(...offsets);
  }
  return undefined;
}

/** Whether a name can be looked for at all: it has a letter or a digit. */
export function isSearchable(name: string): boolean {
  return wordsOf(name).length > 0;
}

/** Where in the word at a place the name begins that stands there. */
function offsetIn(words: readonly { word: string }[], place: number, name: readonly string[]): number | undefined {
  const last = name.length - 1;
  const isThere = name.every((wanted, at) => {
    const found = words[place + at]?.word;
    if (found === undefined || !UNSPACED.test(wanted))
      return found === wanted || (at === last && found === `${wanted}s`);
    if (at === 0) return last === 0 ? found.includes(wanted) : found.endsWith(wanted);
    return at === last ? found.startsWith(wanted) : found === wanted;
  });
  return isThere ? Math.max(0, words[place]?.word.indexOf(name[0] ?? '') ?? 0) : undefined;
}

/** The words of a name; where nobody has to write a space between them, also as one. */
function formsOf(name: string): string[][] {
  const words = wordsOf(name);
  if (words.length === 0) return [];
  return words.length > 1 && words.every((word) => UNSPACED.test(word)) ? [words, [words.join('')]] : [words];
}

function wordsOf(text: string): string[] {
  return (text.match(WORD) ?? []).map(fold).filter((word) => word !== '');
}

/** One case, without accents: "WEISS" as "Weiß". */
function fold(word: string): string {
  return word.normalize('NFKD').replace(LEFT_OUT, '').normalize('NFC').toUpperCase().toLowerCase();
}
