import type { Phrase } from '../fill.ts';

export const letters = {
  'letters.open': 'What could not be handled',
  'letters.title': 'What could not be handled',
  'letters.text':
    'Events that a plugin failed at several times. They are kept, encrypted, until you try them again or give them up.',
  'letters.empty': 'Nothing was left unhandled',
  'letters.empty.text': 'When a plugin keeps failing at an event, the event is set aside here instead of being lost.',
  'letters.count': { one: 'One event', other: '{count} events' },
  'letters.filter.hint': 'A plugin, a topic, a word of the problem',
  'letters.fitting': { one: 'One of {total} events fits', other: '{count} of {total} events fit' },
  'letters.unread': 'It could not be read. Close it and open it again.',
  'letters.going': { one: 'once, for {name}', other: '{count} times, for {name}' },
  'letters.row': { one: '{name} failed at it once', other: '{name} failed at it {count} times' },
  'letters.from': 'Sent by',
  'letters.group': 'Receivers',
  'letters.number': 'Number',
  'letters.replay': 'Try again',
  'letters.replay.all': 'Try all again',
  'letters.replayed': { one: 'It is tried again.', other: '{count} are tried again.' },
  'letters.discard': 'Give up',
  'letters.discard.all': 'Give all up',
  'letters.discard.title': { one: 'Give up this event?', other: 'Give up {count} events?' },
  'letters.discard.text': 'What is given up is never handled. This cannot be undone.',
  'letters.discarded': { one: 'It is given up.', other: '{count} are given up.' },
} as const satisfies Record<string, Phrase>;
