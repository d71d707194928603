export const NEW_TITLE = 'New conversation';
const MAX_CHARACTERS = 60;

/** A conversation's title from the first thing that was said in it. */
export function titleFrom(text: string): string {
  // Marks of Markdown mean nothing in a list of titles.
  const plain = text.replace(/(\*\*|__|~~|`+)(?=\S)(.+?)(?<=\S)\1/gu, '$2').replace(/^#{1,6}\s/u, '');
  const line = plain.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  if (line === '') return NEW_TITLE;
  const characters = [...line];
  if (characters.length <= MAX_CHARACTERS) return line;
  const cut = characters.slice(0, MAX_CHARACTERS).join('');
  const lastSpace = cut.lastIndexOf(' ');
  return `${(lastSpace > MAX_CHARACTERS / 2 ? cut.slice(0, lastSpace) : cut).trimEnd()}…`;
}
