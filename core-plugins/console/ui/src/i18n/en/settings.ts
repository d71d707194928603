import type { Phrase } from '../fill.ts';

export const settings = {
  'settings.title': 'Settings',
  'settings.look': 'Look',
  'settings.theme': 'Theme',
  'settings.theme.light': 'Light',
  'settings.theme.dark': 'Dark',
  'settings.theme.system': 'As the system',
  'settings.language': 'Language',
  'settings.model': 'Language model',
  'settings.model.change': 'Choose a model',
  'settings.password': 'Master password',
  'settings.password.text': 'A new password changes the key of the vault; your data stays as it is.',
  'settings.password.change': 'Change the password',
  'settings.password.changing': 'Changing …',
  'settings.password.changed': 'The new password holds from now on.',
  'settings.lock': 'Lock now',
  'settings.lock.text': 'Closes the vault. The companion forgets the key until you type the password.',
  'settings.about': 'About',
  'settings.about.text': 'AICO {version}. Everything is kept in {home}.',
} as const satisfies Record<string, Phrase>;
