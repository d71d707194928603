import type { settings as english } from '../en/settings.ts';
import type { Phrase } from '../fill.ts';

export const settings: Readonly<Record<keyof typeof english, Phrase>> = {
  'settings.title': 'Einstellungen',
  'settings.look': 'Aussehen',
  'settings.theme': 'Helligkeit',
  'settings.theme.light': 'Hell',
  'settings.theme.dark': 'Dunkel',
  'settings.theme.system': 'Wie das System',
  'settings.language': 'Sprache',
  'settings.model': 'Sprachmodell',
  'settings.model.change': 'Ein Modell wählen',
  'settings.password': 'Hauptpasswort',
  'settings.password.text':
    'Ein neues Passwort wechselt den Schlüssel des Tresors; deine Daten bleiben, wie sie sind. Andere Geräte werden abgemeldet.',
  'settings.password.change': 'Das Passwort ändern',
  'settings.password.changing': 'Wird geändert …',
  'settings.password.changed': 'Von jetzt an gilt das neue Passwort. Andere Geräte sind abgemeldet.',
  'device.title': 'Dieses Gerät',
  'device.text':
    'Der Schlüsselbund deines Systems kann den Tresor bei jedem Start öffnen, ohne das Passwort. Wer hier deine Sitzung benutzt, kann ihn dann auch öffnen.',
  'device.on': 'Es öffnet den Tresor bei jedem Start.',
  'device.not':
    'Es sollte den Tresor bei diesem Start öffnen und tat es nicht. Tut es das auch beim nächsten nicht, beende es hier und wähle es neu.',
  'device.remember': 'Auf diesem Gerät aufgeschlossen bleiben',
  'device.remembered': 'Dieses Gerät öffnet den Tresor von jetzt an.',
  'device.forget': 'Wieder nach dem Passwort fragen',
  'device.forgotten': 'Von jetzt an öffnet nur das Hauptpasswort den Tresor.',
  'settings.lock': 'Jetzt abschließen',
  'settings.lock.text': 'Schließt den Tresor. Der Begleiter vergisst den Schlüssel, bis du das Passwort eingibst.',
  'settings.about': 'Über AICO',
  'settings.about.text': 'AICO {version}. Alles liegt in {home}.',
};
