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
  'settings.password.text':
    'A new password changes the key of the vault; your data stays as it is. Other devices are signed out.',
  'settings.password.change': 'Change the password',
  'settings.password.changing': 'Changing …',
  'settings.password.changed': 'The new password holds from now on. Other devices are signed out.',
  'device.title': 'This device',
  'device.text':
    'The keyring of your system can open the vault at each start, without the password. Whoever uses your session here can then open it, too.',
  'device.on': 'It opens the vault at each start.',
  'device.not':
    'It was to open the vault at this start, and did not. If it does not at the next one either, end it here and choose it anew.',
  'device.remember': 'Stay unlocked on this device',
  'device.remembered': 'This device opens the vault from now on.',
  'device.forget': 'Ask for the password again',
  'device.forgotten': 'Only the master password opens the vault from now on.',
  'settings.lock': 'Lock now',
  'settings.lock.text': 'Closes the vault. The companion forgets the key until you type the password.',
  'settings.about': 'About',
  'settings.about.text': 'AICO {version}. Everything is kept in {home}.',
} as const satisfies Record<string, Phrase>;
