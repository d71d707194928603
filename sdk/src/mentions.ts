const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/**
 * Where a text first mentions one of some names: whole words, whatever their case and accents, in any of the forms "Ada", "Ada's"
 * and "Adas". For plugins that serve `plugin.<id>.forget.find.v1`.
 * @returns the position in the text, in UTF-16 units; undefined when it mentions none
 */
export function findMention(text: string, names: readonly string[]): number | undefined {
  const wanted = names.map(wordsOf).filter((words) => words.length > 0);
  const words = [...text.matchAll(WORD)].map((match) => ({ at: match.index, word: fold(match[0]) }));
  return words.find((_, at) =>
    wanted.some((name) =>
      name.every((word, offset) => {
        const found = words[at + offset]?.word;
        return found === word || (offset === name.length - 1 && found === `${word}s`);
      }),
    ),
  )?.at;
}

function wordsOf(text: string): string[] {
  return (text.match(WORD) ?? []).map(fold);
}

/** Lower case, without accents. */
function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}
