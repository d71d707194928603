import type { CommandRun } from '@aico/sdk';
import type { Note, Notes } from './notes.ts';
import { parseRequest, queryOf, tagsOf } from './request.ts';

const FIRST_LINE = 100;
const HINT = '`/note find words` finds notes, `/note 3` shows one, `/note change 3 …` and `/note delete 3` change it.';

/** What `/note` answers, Markdown. */
export async function answerNote(notes: Notes, { arguments: typed, time }: CommandRun): Promise<string> {
  const request = parseRequest(typed);
  switch (request.kind) {
    case 'recent': {
      const recent = await notes.recent();
      return recent.length === 0
        ? `There are no notes. \`/note Buy oat milk #shopping\` keeps one. ${HINT}`
        : listOf(recent);
    }
    case 'tags':
      return describeTags(await notes.withTags());
    case 'read': {
      const note = await notes.read(request.number);
      return note === undefined
        ? unknown(request.number)
        : `*Note ${note.number}, ${note.written_at.slice(0, 10)}*\n\n${note.text}`;
    }
    case 'delete':
      return (await notes.delete(request.number)) ? `Note ${request.number} is deleted.` : unknown(request.number);
    case 'change':
      return (await notes.change(request.number, request.text))
        ? `Note ${request.number} is changed.`
        : unknown(request.number);
    case 'find': {
      const query = queryOf(request.words);
      if (query === undefined) return 'Find what? For instance `/note find milk`.';
      const found = await notes.find(query);
      return found.length === 0 ? 'No note holds all of that.' : listOf(found);
    }
    case 'write':
      return `Kept as note ${await notes.write(request.text, time)}.`;
  }
}

function listOf(notes: readonly Note[]): string {
  return notes.map(({ number, text }) => `- **${number}** ${firstLine(text)}`).join('\n');
}

function firstLine(text: string): string {
  const [line = ''] = text
    .replace(/^[#>\s*-]+(?=\s)/, '')
    .trim()
    .split('\n');
  const characters = [...line];
  return characters.length > FIRST_LINE ? `${characters.slice(0, FIRST_LINE).join('')}…` : line;
}

function describeTags(notes: readonly Note[]): string {
  const counts = new Map<string, number>();
  for (const { text } of notes) for (const tag of tagsOf(text)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  if (counts.size === 0) return 'No note has a tag such as `#shopping`.';
  return [...counts]
    .sort(([one, times], [other, more]) => more - times || (one < other ? -1 : 1))
    .map(([tag, times]) => `\`${tag}\` ×${times}`)
    .join(', ');
}

function unknown(number: number): string {
  return `There is no note ${number}.`;
}
