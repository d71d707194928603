import type { KeptRecord, RecordKind } from '@aico/sdk';
import { isDay } from './day.ts';
import type { Diary } from './diary.ts';
import { MAX_LINE_CHARACTERS } from './request.ts';

/** The lines, for forgetting and for export: a line is of its day, and a day that has one keeps it. */
export function recordsOf(diary: Diary): readonly RecordKind[] {
  return [
    {
      one: 'line',
      many: 'lines',
      read: async (after) =>
        (await diary.after(after)).map(({ day, text, written_at }) => ({ id: day, when: written_at, text })),
      remove: (days) => diary.remove(days),
      add: async (record, dry) => {
        const problem = problemOf(record);
        if (problem !== undefined) return { is: 'refused', problem };
        const { id: day, text, when } = record;
        if ((await diary.read(day)) !== undefined) return { is: 'known' };
        if (!dry) await diary.write({ day, text }, when);
        return { is: 'new' };
      },
    },
  ];
}

function problemOf({ id, text }: KeptRecord): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(id) || !isDay(id)) return `${id} is no day`;
  const { length } = [...text];
  return length > 0 && length <= MAX_LINE_CHARACTERS ? undefined : 'a line has 1 to 500 characters';
}
