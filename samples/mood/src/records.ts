import type { RecordKind } from '@aico/sdk';
import { findMood, type Mood } from './moods.ts';

const ID = 'now';

/** The mood that was told last, for forgetting and for export. */
export function recordsOf(mood: Mood): readonly RecordKind[] {
  return [
    {
      one: 'mood',
      many: 'moods',
      read: async (after) => {
        const { told } = mood;
        return after === undefined && told !== undefined ? [{ id: ID, when: told.at, text: told.mood }] : [];
      },
      remove: async () => ((await mood.forget()) ? 1 : 0),
      add: async ({ text, when }, dry) => {
        const known = findMood(text);
        if (known === undefined) return { is: 'refused', problem: 'there are no colours for it' };
        if (mood.told !== undefined) return { is: 'known' };
        if (!dry) await mood.takeBack({ mood: known, at: when });
        return { is: 'new' };
      },
    },
  ];
}
