import type { Entry } from './thread.ts';

/** Whether an entry is the first of its day, in the reader's time zone. */
export function beginsDay(entry: Entry, before: Entry | undefined): boolean {
  return before === undefined || dayOf(entry) !== dayOf(before);
}

function dayOf({ message }: Entry): string {
  return new Date(message.createdAt).toDateString();
}
