import type { letters as english } from '../en/letters.ts';
import type { Phrase } from '../fill.ts';

export const letters: Readonly<Record<keyof typeof english, Phrase>> = {
  'letters.open': 'Was nicht verarbeitet werden konnte',
  'letters.title': 'Was nicht verarbeitet werden konnte',
  'letters.text':
    'Ereignisse, an denen ein Plugin mehrmals gescheitert ist. Sie bleiben verschlüsselt liegen, bis du sie noch einmal versuchst oder aufgibst.',
  'letters.empty': 'Nichts ist liegen geblieben',
  'letters.empty.text':
    'Wenn ein Plugin an einem Ereignis immer wieder scheitert, wird es hier beiseitegelegt, statt verloren zu gehen.',
  'letters.count': { one: 'Ein Ereignis', other: '{count} Ereignisse' },
  'letters.filter.hint': 'Ein Plugin, ein Thema, ein Wort des Problems',
  'letters.fitting': { one: 'Eines von {total} Ereignissen passt', other: '{count} von {total} Ereignissen passen' },
  'letters.unread': 'Es konnte nicht gelesen werden. Klappe es zu und wieder auf.',
  'letters.going': { one: 'einmal, für {name}', other: '{count}-mal, für {name}' },
  'letters.row': { one: '{name} ist einmal daran gescheitert', other: '{name} ist {count}-mal daran gescheitert' },
  'letters.from': 'Gesendet von',
  'letters.group': 'Empfänger',
  'letters.number': 'Nummer',
  'letters.replay': 'Noch einmal versuchen',
  'letters.replay.all': 'Alle noch einmal versuchen',
  'letters.replayed': { one: 'Es wird noch einmal versucht.', other: '{count} werden noch einmal versucht.' },
  'letters.discard': 'Aufgeben',
  'letters.discard.all': 'Alle aufgeben',
  'letters.discard.title': { one: 'Dieses Ereignis aufgeben?', other: '{count} Ereignisse aufgeben?' },
  'letters.discard.text': 'Was aufgegeben ist, wird nie verarbeitet. Das lässt sich nicht rückgängig machen.',
  'letters.discarded': { one: 'Es ist aufgegeben.', other: '{count} sind aufgegeben.' },
};
