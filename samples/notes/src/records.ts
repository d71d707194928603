import type { RecordKind } from '@aico/sdk';
import type { Notes } from './notes.ts';

const MAX_CHARACTERS = 2000;

/** The notes, for forgetting and for export. One that comes back gets its number, or another one when that is taken. */
export function recordsOf(notes: Notes): readonly RecordKind[] {
  return [
    {
      one: 'note',
      many: 'notes',
      read: async (after) =>
        (await notes.after(Number(after ?? 0))).map(({ number, text, written_at }) => ({
          ...{ id: String(number), when: written_at, text },
        })),
      remove: (numbers) => notes.remove(numbers),
      add: async ({ id, when, text }, dry) => {
        const number = /^[1-9]\d{0,8}$/.test(id) ? Number(id) : undefined;
        if (number === undefined) return { is: 'refused', problem: `${id} is no number of a note` };
        if (text.trim() === '' || text.length > MAX_CHARACTERS)
          return { is: 'refused', problem: `a note has 1 to ${MAX_CHARACTERS} characters` };
        const note = { number, text, written_at: when };
        if (await notes.has(note)) return { is: 'known' };
        if (!dry) await notes.takeBack(note);
        return { is: 'new' };
      },
    },
  ];
}
