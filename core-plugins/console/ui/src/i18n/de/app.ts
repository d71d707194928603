import type { app as english } from '../en/app.ts';
import type { Phrase } from '../fill.ts';

export const app: Readonly<Record<keyof typeof english, Phrase>> = {
  'app.name': 'AICO',
  'app.skip': 'Zum Inhalt springen',
  'app.navigation': 'Hauptnavigation',
  'app.close': 'Schließen',
  'app.cancel': 'Abbrechen',
  'app.back': 'Zurück',
  'app.undo': 'Rückgängig',
  'app.retry': 'Noch einmal versuchen',
  'app.more': 'Mehr zeigen',
  'app.loading': 'Wird geladen …',
  'app.code': 'Code {code}',
  'app.missing': 'Diese Seite gibt es nicht',
  'app.missing.text': 'Unter {path} wohnt niemand.',
  'app.missing.home': 'Zurück zum Gespräch',
  'app.menu': 'Menü',

  'date.today': 'Heute',
  'date.yesterday': 'Gestern',

  'duration.moment': 'weniger als einer Minute',
  'duration.minutes': { one: 'einer Minute', other: '{count} Minuten' },
  'duration.hours': { one: 'einer Stunde', other: '{count} Stunden' },
  'duration.days': { one: 'einem Tag', other: '{count} Tagen' },

  'nav.talk': 'Gespräch',
  'nav.memories': 'Erinnerungen',
  'nav.plugins': 'Plugins',
  'nav.activity': 'Aktivität',
  'nav.settings': 'Einstellungen',
  'nav.commands': 'Gehe zu … (Strg K)',
  'nav.lock': 'Abschließen',

  'link.away': 'AICO antwortet nicht.',
  'link.away.text': 'Du kannst weiter lesen und schreiben; was du sendest, geht hinaus, sobald es wieder da ist.',
  'link.away.now': 'Jetzt versuchen',
  'link.back': 'Wieder verbunden.',
  'link.lost.page': 'AICO läuft nicht',
  'link.lost.text': 'Starte AICO auf diesem Rechner. Diese Seite öffnet sich von selbst, sobald es antwortet.',
  'link.failed.page': 'AICO antwortet mit einem Fehler',
  'link.failed.text': 'Diese Seite öffnet sich von selbst, sobald das vorbei ist.',

  'announce.began': 'Der Begleiter antwortet.',
  'announce.ended': 'Der Begleiter sagte: {text}',
  'announce.failed': 'Die Antwort brach ab.',

  'hint.model': 'Nur der eingebaute Begleiter nach festen Regeln antwortet.',
  'hint.model.text': 'Verbinde Ollama oder ein anderes Modell, um dich wirklich zu unterhalten.',
  'hint.model.action': 'Ein Modell verbinden',
  'hint.model.dismiss': 'Jetzt nicht',

  'menu.title': 'Gehe zu, oder tu',
  'menu.search': 'Seite, Gespräch oder Aktion suchen',
  'menu.nothing': 'Nichts passt.',
  'menu.pages': 'Seiten',
  'menu.actions': 'Aktionen',
  'menu.conversations': 'Gespräche',
  'menu.theme.light': 'Helle Farben',
  'menu.theme.dark': 'Dunkle Farben',
  'menu.theme.system': 'Farben wie das System',
};
