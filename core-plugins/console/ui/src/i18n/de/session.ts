import type { session as english } from '../en/session.ts';
import type { Phrase } from '../fill.ts';

export const session: Readonly<Record<keyof typeof english, Phrase>> = {
  'welcome.title': 'Ein Begleiter, der bei dir wohnt',
  'welcome.text':
    'Er spricht mit dir, merkt sich, was du erzählst, und bleibt auf diesem Rechner. Nichts geht irgendwohin, solange du ihn nicht verbindest.',
  'welcome.point.home': 'Alles liegt verschlüsselt auf diesem Rechner.',
  'welcome.point.asked': 'Jeder Teil fragt in klaren Worten, was er darf.',
  'welcome.point.yours': 'Du kannst alles lesen, was er sich merkt, und ihn vergessen lassen.',
  'welcome.start': 'Ein Hauptpasswort festlegen',
  'welcome.steps': 'Schritt {step} von {total}',

  'password.title': 'Dein Hauptpasswort',
  'password.text': 'Es öffnet alles, was hier aufbewahrt wird. Du gibst es bei jedem Start von AICO ein.',
  'password.warning': 'Niemand kann es für dich nachschlagen.',
  'password.warning.text':
    'Es wird nirgends gespeichert. Vergisst du es, öffnet nur der Wiederherstellungscode aus dem nächsten Schritt deine Daten: keine Werkstatt kann es, und wir auch nicht.',
  'password.field': 'Hauptpasswort',
  'password.again': 'Dasselbe noch einmal',
  'password.current': 'Jetziges Hauptpasswort',
  'password.next': 'Neues Hauptpasswort',
  'password.show': 'Passwort zeigen',
  'password.hide': 'Passwort verbergen',
  'password.create': 'Den Tresor anlegen',
  'password.creating': 'Der Tresor wird angelegt …',
  'password.mismatch': 'Die beiden sind nicht gleich.',
  'password.empty': 'Gib ein Passwort ein.',
  'password.short': 'Mindestens acht Zeichen.',
  'password.understood': 'Ich habe es sicher verwahrt, oder ich merke es mir bestimmt.',
  'password.understood.missing': 'Bestätige, dass du es nicht verlieren wirst.',

  'strength.label': 'Wie schwer es zu erraten ist',
  'strength.none': 'Ein paar Wörter ohne Zusammenhang sind leicht zu behalten und schwer zu erraten.',
  'strength.tooShort': 'Zu kurz: mindestens acht Zeichen.',
  'strength.common': 'Unter den ersten, die jeder versuchen würde.',
  'strength.weak': 'Schwach. Wer deine Festplatte hat, errät es in Tagen.',
  'strength.fair': 'Mäßig. Es hält Neugierige ab, Entschlossene kaum.',
  'strength.good': 'Gut. Es zu erraten würde viele Jahre dauern.',
  'strength.strong': 'Stark. Es zu erraten dauert länger, als irgendwer Zeit hat.',
  'strength.note': 'Eine Schätzung: Nur du weißt, ob es ein Zitat oder ein Geburtstag ist.',

  'locked.title': 'Abgeschlossen',
  'locked.text': 'Dein Begleiter schläft, bis du den Tresor öffnest.',
  'locked.unlock': 'Aufschließen',
  'locked.unlocking': 'Wird aufgeschlossen …',
  'locked.wait': {
    one: 'Der nächste Versuch ist in einer Sekunde möglich.',
    other: 'Der nächste Versuch ist in {count} Sekunden möglich.',
  },
  'locked.asleep': 'Der Begleiter schläft',

  'recovery.title': 'Dein Wiederherstellungscode',
  'recovery.text':
    'Solltest du das Hauptpasswort vergessen, legst du mit diesem Code ein neues fest. Schreib ihn auf Papier und bewahre es nicht bei diesem Rechner auf.',
  'recovery.code': 'Wiederherstellungscode',
  'recovery.once': 'Er wird nur dieses eine Mal gezeigt und nirgends aufbewahrt. Wer ihn hat, kann deine Daten öffnen.',
  'recovery.make': 'Den Code erstellen',
  'recovery.making': 'Der Code wird erstellt …',
  'recovery.renew': 'Einen neuen Code erstellen',
  'recovery.written': 'Ich habe ihn aufgeschrieben',
  'recovery.skip': 'Ohne Code weiter',
  'recovery.there': 'Es gibt einen. Wenn du ihn nicht mehr hast, erstelle einen neuen.',
  'recovery.none': 'Es gibt keinen: Ein vergessenes Passwort lässt sich nicht ersetzen.',
  'recovery.drop': 'Ihn ungültig machen',
  'recovery.drop.title': 'Ohne Wiederherstellungscode?',
  'recovery.drop.text':
    'Dann öffnet kein Code mehr den Tresor, auch keiner, den du aufgeschrieben hast. Vergisst du das Hauptpasswort, kann niemand mehr deine Daten öffnen.',
  'recovery.dropped': 'Kein Wiederherstellungscode öffnet mehr den Tresor.',
  'recovery.settings.text':
    'Öffnet den Tresor, wenn das Hauptpasswort vergessen ist. Ein neuer Code tritt an die Stelle des alten.',
  'recovery.forgotten': 'Passwort vergessen?',
  'recovery.locked.text':
    'Der Wiederherstellungscode, den du aufgeschrieben hast, öffnet den Tresor und legt ein neues Hauptpasswort fest.',
  'recovery.note': 'Sieben Gruppen zu vier Zeichen. Groß oder klein, Leerzeichen und Striche sind egal.',
  'recovery.empty': 'Gib den Wiederherstellungscode ein.',
  'recovery.unlock': 'Passwort setzen und aufschließen',
  'recovery.back': 'Zurück zum Passwort',
};
