import type { Phrase } from '../fill.ts';

export const session = {
  'welcome.title': 'A companion that lives with you',
  'welcome.text':
    'It talks with you, remembers what you tell it, and stays on this machine. Nothing goes anywhere unless you connect it.',
  'welcome.point.home': 'Everything is kept on this machine, encrypted.',
  'welcome.point.asked': 'Every part asks for what it may do, in plain words.',
  'welcome.point.yours': 'You can read, and make it forget, whatever it remembers.',
  'welcome.start': 'Set a master password',
  'welcome.steps': 'Step {step} of {total}',
  'welcome.language': 'Language',

  'password.title': 'Your master password',
  'password.text': 'It opens everything that is kept here. You type it each time AICO starts.',
  'password.warning': 'It cannot be recovered.',
  'password.warning.text':
    'It is stored nowhere. If you forget it, nobody can open your data: not we, not a repair shop, not you.',
  'password.field': 'Master password',
  'password.again': 'The same once more',
  'password.current': 'Present master password',
  'password.next': 'New master password',
  'password.show': 'Show the password',
  'password.hide': 'Hide the password',
  'password.create': 'Create the vault',
  'password.creating': 'Creating the vault …',
  'password.mismatch': 'The two are not the same.',
  'password.empty': 'Type a password.',
  'password.short': 'At least eight characters.',
  'password.understood': 'I have it somewhere safe, or I will surely remember it.',
  'password.understood.missing': 'Confirm that you will not lose it.',

  'strength.label': 'How hard it is to guess',
  'strength.none': 'A few unrelated words are easy to keep and hard to guess.',
  'strength.tooShort': 'Too short: at least eight characters.',
  'strength.common': 'Among the first that anybody would try.',
  'strength.weak': 'Weak. Somebody with your disk could guess it within days.',
  'strength.fair': 'Fair. It withstands the curious, hardly the determined.',
  'strength.good': 'Good. Guessing it would take many years.',
  'strength.strong': 'Strong. Guessing it takes longer than anybody has.',
  'strength.note': 'An estimate: only you know whether it is a quotation or a birthday.',

  'locked.title': 'Locked',
  'locked.text': 'Your companion sleeps until you open the vault.',
  'locked.unlock': 'Unlock',
  'locked.unlocking': 'Unlocking …',
  'locked.wait': {
    one: 'The next try is possible in one second.',
    other: 'The next try is possible in {count} seconds.',
  },
  'locked.asleep': 'The companion, asleep',
} as const satisfies Record<string, Phrase>;
