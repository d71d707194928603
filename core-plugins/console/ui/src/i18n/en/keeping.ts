import type { Phrase } from '../fill.ts';

export const keeping = {
  'keeping.title': 'For how long things are kept',
  'keeping.text':
    'What is older goes by itself, once a day, as if you forgot it here: for good, everywhere, with a receipt. You see what would go before you choose it.',
  'keeping.conversations': 'Keep conversations',
  'keeping.memories': 'Keep memories',
  'keeping.ever': 'For ever',
  'keeping.year': 'For a year',
  'keeping.days': { one: 'For {count} day', other: 'For {count} days' },
  'keeping.outlive': 'What you said stays among the memories, word for word, until their own time is over.',
  'keeping.others':
    'Logs, events, the audit, connections and backups have times of their own. What other plugins keep, such as notes, stays until you forget it.',
  'keeping.save': 'Keep it so',
  'keeping.save.old': 'Keep it so, and let this go',
  'keeping.save.ever': 'Keep everything',
  'keeping.saved': 'It is kept so from now on.',
  'keeping.running': 'What is too old is being removed …',
  'keeping.held': 'Backups still hold what went; on {date} at the latest they are replaced by a new one.',
  'keeping.waits':
    'The clock of this machine went from {seen} to {since} in one go. Nothing goes for its age until you say that the date is right, or until the clock was seen to go steadily for a week.',
  'keeping.right': 'The date is right',
  'keeping.dialog.title': 'What would go now',
  'keeping.none.conversations': 'No message is from before {date}.',
  'keeping.none.memories': 'No memory is from before {date}.',
  'keeping.old.conversations': {
    one: '{count} message from before {date}, with its files.',
    other: '{count} messages from before {date}, with their files.',
  },
  'keeping.old.memories': { one: '{count} memory from before {date}.', other: '{count} memories from before {date}.' },
  'keeping.more.conversations': {
    one: 'More than {count} message from before {date}, with their files.',
    other: 'More than {count} messages from before {date}, with their files.',
  },
  'keeping.more.memories': {
    one: 'More than {count} memory from before {date}.',
    other: 'More than {count} memories from before {date}.',
  },
  'keeping.oldest': 'The oldest of it',
  'keeping.daily': 'From then on, AICO looks once a day.',
  'keeping.now': 'This goes at once, for good. From then on, AICO looks once a day.',
  'keeping.backups':
    'Backups hold what goes for up to 30 days more. Then a new one is made and tested, and the key of the earlier ones is destroyed.',
  'keeping.backups.unlisted':
    'Backups cannot be listed now. Those that hold what goes are made unreadable in 30 days, once they can be listed.',
} as const satisfies Record<string, Phrase>;
