import type { appearance as english } from '../en/appearance.ts';
import type { Phrase } from '../fill.ts';

export const appearance: Readonly<Record<keyof typeof english, Phrase>> = {
  'appearance.title': 'Farben',
  'appearance.text': 'Wähle Farben: die ganze App trägt sie sofort. Alle haben eine helle und eine dunkle Seite.',
  'appearance.open': 'Farben wählen',
  'appearance.back': 'Wie es vorher war',
  'appearance.before': 'wie vorher',
  'appearance.own': 'Von AICO',
  'appearance.default': 'Papier und Lampe',
  'appearance.sea': 'Meer',
  'appearance.moss': 'Moos',
  'appearance.plum': 'Pflaume',
  'appearance.contrast': 'Hoher Kontrast',
  'appearance.itself': 'Wechselt von selbst',
  'appearance.itself.text': '{name} wählt unter diesen, wie es gerade passt.',
  'appearance.chosen': 'Farben: {title}',
  'appearance.away':
    'Die Farben, die du gewählt hast, gehören zu einem Plugin, das ausgeschaltet oder weg ist. Bis es wieder da ist, trägt AICO die eigenen.',
  'appearance.more': 'Plugins bringen weitere Farben mit.',
  'appearance.gallery': 'Zur Galerie',
};
