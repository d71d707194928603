import type { keeping as english } from '../en/keeping.ts';
import type { Phrase } from '../fill.ts';

export const keeping: Readonly<Record<keyof typeof english, Phrase>> = {
  'keeping.title': 'Wie lange etwas bleibt',
  'keeping.text':
    'Was älter ist, geht von selbst, einmal am Tag, als hättest du es hier vergessen: endgültig, überall, mit Beleg. Du siehst, was ginge, bevor du es so wählst.',
  'keeping.conversations': 'Gespräche behalten',
  'keeping.memories': 'Erinnerungen behalten',
  'keeping.ever': 'Für immer',
  'keeping.year': 'Ein Jahr lang',
  'keeping.days': { one: '{count} Tag lang', other: '{count} Tage lang' },
  'keeping.outlive': 'Was du gesagt hast, bleibt Wort für Wort unter den Erinnerungen, bis deren eigene Zeit um ist.',
  'keeping.others':
    'Logdateien, Ereignisse, das Protokoll, Verbindungen und Sicherungen haben eigene Zeiten. Was andere Plugins aufbewahren, etwa Notizen, bleibt, bis du es vergisst.',
  'keeping.save': 'So behalten',
  'keeping.save.old': 'So behalten und das gehen lassen',
  'keeping.save.ever': 'Alles behalten',
  'keeping.saved': 'Von jetzt an wird es so behalten.',
  'keeping.running': 'Was zu alt ist, wird entfernt …',
  'keeping.held': 'Sicherungen enthalten noch, was ging; spätestens am {date} ersetzt sie eine neue.',
  'keeping.waits':
    'Die Uhr dieses Rechners ging auf einmal vom {seen} zum {since}. Nichts geht seines Alters wegen, bis du sagst, dass das Datum stimmt, oder bis die Uhr eine Woche lang gleichmäßig ging.',
  'keeping.right': 'Das Datum stimmt',
  'keeping.dialog.title': 'Was jetzt ginge',
  'keeping.none.conversations': 'Keine Nachricht ist von vor dem {date}.',
  'keeping.none.memories': 'Keine Erinnerung ist von vor dem {date}.',
  'keeping.old.conversations': {
    one: '{count} Nachricht von vor dem {date}, mit ihren Dateien.',
    other: '{count} Nachrichten von vor dem {date}, mit ihren Dateien.',
  },
  'keeping.old.memories': {
    one: '{count} Erinnerung von vor dem {date}.',
    other: '{count} Erinnerungen von vor dem {date}.',
  },
  'keeping.more.conversations': {
    one: 'Mehr als {count} Nachricht von vor dem {date}, mit ihren Dateien.',
    other: 'Mehr als {count} Nachrichten von vor dem {date}, mit ihren Dateien.',
  },
  'keeping.more.memories': {
    one: 'Mehr als {count} Erinnerung von vor dem {date}.',
    other: 'Mehr als {count} Erinnerungen von vor dem {date}.',
  },
  'keeping.oldest': 'Das Älteste davon',
  'keeping.daily': 'Von da an sieht AICO einmal am Tag nach.',
  'keeping.now': 'Das geht sofort und endgültig. Von da an sieht AICO einmal am Tag nach.',
  'keeping.backups':
    'Sicherungen enthalten, was geht, noch bis zu 30 Tage. Dann wird eine neue gemacht und geprüft und der Schlüssel der früheren vernichtet.',
  'keeping.backups.unlisted':
    'Sicherungen lassen sich gerade nicht auflisten. Die, die enthalten, was geht, werden in 30 Tagen unlesbar gemacht, sobald das wieder geht.',
};
