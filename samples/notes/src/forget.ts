import { type ForgetFound, type ForgetItem, type ForgetSearch, findMention } from '@aico/sdk';
import type { Note, Notes } from './notes.ts';

const MOST_ITEMS = 2000;
const EXCERPT = { characters: 300, before: 100 };

/** Notes that were written in a period, and notes that mention somebody. A message or a memory makes no note. */
export async function findNotes(notes: Notes, { names = [], from, to }: ForgetSearch): Promise<ForgetFound> {
  const [begin, end] = [from, to].map((time) => (time === undefined ? Number.NaN : Date.parse(time))) as [
    number,
    number,
  ];
  const items: ForgetItem[] = [];
  for await (const note of notes.walk()) {
    const written = Date.parse(note.written_at);
    const at = names.length === 0 ? undefined : findMention(note.text, names);
    if (at !== undefined || (written >= begin && written < end)) items.push(itemOf(note, at ?? 0));
    if (items.length > MOST_ITEMS) break;
  }
  return { items: items.slice(0, MOST_ITEMS), ...(items.length > MOST_ITEMS && { more: true }) };
}

function itemOf({ number, text, written_at }: Note, at: number): ForgetItem {
  const from = Math.max(0, at < EXCERPT.characters - EXCERPT.before ? 0 : at - EXCERPT.before);
  return { kind: 'note', id: String(number), text: text.slice(from, from + EXCERPT.characters), when: written_at };
}
