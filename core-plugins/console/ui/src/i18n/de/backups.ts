import type { backups as english } from '../en/backups.ts';
import type { Phrase } from '../fill.ts';

export const backups: Readonly<Record<keyof typeof english, Phrase>> = {
  'backups.title': 'Sicherungen',
  'backups.text':
    'Kopien von allem, verschlüsselt. Sie öffnen sich mit deinem Hauptpasswort oder mit deinem Wiederherstellungscode.',
  'backups.open': 'Die Sicherungen ansehen',
  'backups.last': 'Die letzte Sicherung ist von {day}, {time}',
  'backups.last.failed': 'Der letzte Versuch ist gescheitert ({day}, {time}).',
  'backups.last.text': 'Sie enthält {bytes}.',
  'backups.next': 'Die nächste ist {day}, {time} an der Reihe, solange der Tresor offen ist.',
  'backups.next.off': 'Von selbst entsteht keine. Jeden Tag ist sicherer:',
  'backups.next.off.action': 'Jeden Tag eine machen',
  'backups.none': 'Es gibt noch keine Sicherung',
  'backups.none.text': 'Fällt diese Festplatte aus, ist alles darauf weg. Eine Sicherung dauert einen Augenblick.',
  'backups.create': 'Jetzt eine machen',
  'backups.stop': 'Anhalten',
  'backups.doing.create': 'Eine Sicherung entsteht …',
  'backups.doing.verify': 'Eine Sicherung wird geprüft …',
  'backups.doing.restore': 'Die Sicherung wird bereitgelegt …',
  'backups.doing.elsewhere': 'Anderswo wird gerade an einer Sicherung gearbeitet.',
  'backups.phase.pausing': 'Alles steht für einen Augenblick still',
  'backups.phase.bytes': '{done} von {total}',
  'backups.phase.opening': 'Datenbank {done} von {total} wird geöffnet',
  'backups.created': 'Die Sicherung ist fertig.',
  'backups.whole': {
    one: 'Sie ist heil: {bytes} wurden in einen Probeordner zurückgeholt, und die Datenbank darin ließ sich öffnen.',
    other:
      'Sie ist heil: {bytes} wurden in einen Probeordner zurückgeholt, und alle {count} Datenbanken darin ließen sich öffnen.',
  },
  'backups.folder': 'Wohin sie gehen',
  'backups.folder.field': 'Ordner',
  'backups.folder.note': 'Ein Ordner auf einer anderen Platte, einem Stick oder einer Freigabe. Es muss ihn geben.',
  'backups.folder.own':
    'Dieser Ordner liegt neben den Daten und geht mit ihnen verloren. Wähle einen auf einer anderen Platte.',
  'backups.folder.change': 'Einen anderen Ordner wählen',
  'backups.folder.save': 'Diesen Ordner nehmen',
  'backups.folder.saved': 'Sicherungen gehen von jetzt an nach {folder}. Die bisherigen bleiben, wo sie sind.',
  'backups.list': 'Was es gibt',
  'backups.list.kept': 'Behalten werden die neuesten von 7 Tagen, 4 Wochen und 6 Monaten.',
  'backups.holds': 'enthält {bytes}, davon {added} neu',
  'backups.leftOut': {
    one: 'eine beschädigte Datenbank fehlt',
    other: '{count} beschädigte Datenbanken fehlen',
  },
  'backups.verify': 'Prüfen',
  'backups.verify.named': 'Die Sicherung von {when} prüfen',
  'backups.restore': 'Zurückholen …',
  'backups.restore.named': 'Die Sicherung von {when} zurückholen',
  'backups.restore.title': 'Zurück zu {when}?',
  'backups.restore.text':
    'Alles wird, wie es damals war: Gespräche, Erinnerungen, Einstellungen, Plugins und das Hauptpasswort jener Zeit. Was später kam, ist nicht darin. Bis AICO neu startet, ändert sich nichts; was jetzt da ist, bleibt daneben liegen, in einem Ordner namens replaced-….',
  'backups.restore.secret': 'Hauptpasswort oder Wiederherstellungscode jener Zeit',
  'backups.restore.secret.why':
    'Diese Sicherung ist von einem anderen Tresor. Gib das Passwort oder den Wiederherstellungscode ein, den er hatte.',
  'backups.restore.confirm': 'Bereitlegen',
  'backups.ready': 'Die Sicherung von {when} liegt bereit',
  'backups.ready.text':
    'Sie tritt an die Stelle von allem, sobald AICO das nächste Mal startet: „aico stop“, dann „aico start“. Bis dahin geht alles weiter wie bisher.',
  'backups.unreadable': 'Nicht lesbar: {file}',
  'backups.off': 'Sicherungen sind ausgeschaltet',
  'backups.off.text': 'Solange das Plugin Backups nicht läuft, entsteht keine.',
};
