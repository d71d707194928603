import type { memories as english } from '../en/memories.ts';
import type { Phrase } from '../fill.ts';

export const memories: Readonly<Record<keyof typeof english, Phrase>> = {
  'memories.title': 'Erinnerungen',
  'memories.text': 'Was du gesagt hast, und wann. Hier sieht der Begleiter nach, bevor er antwortet.',
  'memories.search': 'Erinnerungen durchsuchen',
  'memories.count': { one: 'Eine Erinnerung', other: '{count} Erinnerungen' },
  'memories.found': { one: 'Eine gefunden', other: '{count} gefunden' },
  'memories.empty': 'Noch gibt es keine Erinnerungen',
  'memories.empty.text': 'Erzähl deinem Begleiter etwas von dir, dann steht es hier.',
  'memories.empty.action': 'Erzählen',
  'memories.nothing': 'Nichts passt zu „{query}“',
  'memories.nothing.text': 'Versuche weniger oder andere Wörter.',
  'memories.source': 'Zum Gespräch',
  'memories.forget.this': 'Vergessen: {text}',
};
