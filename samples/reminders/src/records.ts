import { isAicoError, type KeptRecord, type RecordKind } from '@aico/sdk';
import { isSameTiming, type Kept, type Reminders, type Timing } from './reminders.ts';

const MAX_CHARACTERS = 2000;
const CONVERSATION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reminders, for forgetting and for export: each belongs to the talk that it goes into. */
export function recordsOf(reminders: Reminders, now: () => number): readonly RecordKind[] {
  return [
    {
      one: 'reminder',
      many: 'reminders',
      // There are 64 of them at most: all at once.
      read: async (after) => (after === undefined ? (await reminders.list()).map(recordOf) : []),
      remove: async (ids) => {
        const dropped = await Promise.all(ids.map((id) => reminders.drop(Number(id))));
        return dropped.filter((kept) => kept !== undefined).length;
      },
      add: async (record, dry) => {
        const timing = timingOf(record);
        const { text, conversation = '', when: made } = record;
        if (timing === undefined || text === '' || text.length > MAX_CHARACTERS || !CONVERSATION.test(conversation))
          return { is: 'refused', problem: 'it is no reminder' };
        const isSame = (kept: Kept): boolean =>
          kept.text === text && kept.conversation === conversation && isSameTiming(kept.timing, timing);
        if ((await reminders.list()).some(isSame)) return { is: 'known' };
        if ('at' in timing && timing.at.getTime() <= now()) return { is: 'refused', problem: 'its time is over' };
        try {
          if (!dry) await reminders.add(timing, { text, conversation, made });
          return { is: 'new' };
        } catch (error) {
          if (isAicoError(error)) return { is: 'refused', problem: error.message.slice(0, 300) };
          throw error;
        }
      },
    },
  ];
}

function recordOf({ number, text, conversation, made, timing }: Kept): KeptRecord {
  const when = 'at' in timing ? { at: timing.at.toISOString() } : timing;
  return { id: String(number), when: made, text, conversation, ...when };
}

function timingOf({ at, cron, timeZone }: KeptRecord): Timing | undefined {
  if (typeof cron === 'string' && typeof timeZone === 'string') return { cron, timeZone };
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return Number.isNaN(time) ? undefined : { at: new Date(time) };
}
