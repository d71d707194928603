import { type ForgetFound, type ForgetItem, type ForgetSearch, findMention } from '@aico/sdk';
import type { Diary, WrittenLine } from './diary.ts';

const MOST_ITEMS = 2000;
const MOST_CHARACTERS = 300;

/** Lines that were written in a period, and lines that mention somebody. A message or a memory makes no line. */
export async function findLines(diary: Diary, { names = [], from, to }: ForgetSearch): Promise<ForgetFound> {
  const found = new Map<string, ForgetItem>();
  if (from !== undefined && to !== undefined)
    for (const line of await diary.writtenBetween(from, to)) found.set(line.day, itemOf(line));
  if (names.length > 0)
    for await (const line of diary.walk()) {
      if (findMention(line.text, names) !== undefined) found.set(line.day, itemOf(line));
      if (found.size > MOST_ITEMS) break;
    }
  return { items: [...found.values()].slice(0, MOST_ITEMS), ...(found.size > MOST_ITEMS && { more: true }) };
}

function itemOf({ day, text, written_at }: WrittenLine): ForgetItem {
  return { kind: 'line', id: day, text: `${day}: ${text}`.slice(0, MOST_CHARACTERS), when: written_at };
}
