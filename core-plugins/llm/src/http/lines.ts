/** Cuts a text that arrives in pieces into lines. @throws RangeError when a line has no end in sight */
export async function* linesOf(
  pieces: AsyncIterable<string>,
  maxCharacters: number,
): AsyncGenerator<string, void, void> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxCharacters) throw new RangeError('line too long');
    yield* lines.filter((line) => line.trim() !== '');
  }
  if (rest.trim() !== '') yield rest;
}
