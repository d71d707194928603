/** A memory of one message is about so long at most, in characters. */
const PART_CHARACTERS = 300;
/** A message that is longer than so many parts is a document rather than something that was told. */
const MOST_PARTS = 60;

/**
 * Splits what the user said into memories: whole when it is short, else by paragraphs and sentences, a few to a part.
 * Commands and code are none.
 */
export function splitMessage(text: string): string[] {
  const told = text.replace(/```[\s\S]*?(```|$)/g, '\n\n').trim();
  if (told === '' || told.startsWith('/')) return [];
  if (told.length <= PART_CHARACTERS) return hasWords(told) ? [oneLine(told)] : [];
  const parts: string[] = [];
  for (const paragraph of told.split(/\n\s*\n/)) parts.push(...joinShort(sentencesOf(paragraph).flatMap(cutLong)));
  return parts.filter(hasWords).slice(0, MOST_PARTS);
}

function sentencesOf(paragraph: string): string[] {
  const segments = new Intl.Segmenter('en', { granularity: 'sentence' }).segment(paragraph.replace(/\n/g, ' '));
  return [...segments].map(({ segment }) => oneLine(segment)).filter((sentence) => sentence !== '');
}

/** Cuts at spaces what has no sentence end for too long. */
function cutLong(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > PART_CHARACTERS) {
    const space = rest.lastIndexOf(' ', PART_CHARACTERS);
    const at = space > PART_CHARACTERS / 2 ? space : wholeCharacters(rest, PART_CHARACTERS);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** A position that does not fall between the halves of a character. */
function wholeCharacters(text: string, at: number): number {
  const code = text.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff ? at - 1 : at;
}

function joinShort(sentences: readonly string[]): string[] {
  const parts: string[] = [];
  for (const sentence of sentences) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + 1 + sentence.length <= PART_CHARACTERS)
      parts[parts.length - 1] = `${last} ${sentence}`;
    else parts.push(sentence);
  }
  return parts;
}

function oneLine(text: string): string {
  return text.replaceAll('\u0000', '').replace(/\s+/g, ' ').trim();
}

function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]{2}/u.test(text);
}
