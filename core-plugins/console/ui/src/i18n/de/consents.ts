import type { consents as english } from '../en/consents.ts';
import type { Phrase } from '../fill.ts';

export const consents: Readonly<Record<keyof typeof english, Phrase>> = {
  'consents.open': 'Die Einwilligungen ansehen',
  'consents.title': 'Einwilligungen',
  'consents.text':
    'Was jedes Plugin mit welchen deiner Daten darf, wofür, wie weit und bis wann. Nimm zurück, was du magst; es gilt sofort.',
  'consents.empty': 'Es gibt keine Einwilligungen',
  'consents.empty.text': 'Hier steht, was ein Plugin mit deinen Daten darf.',
  'consents.revoke': 'Zurücknehmen',
  'consents.revoke.named': '{name} nehmen: {words}',
  'consents.data': 'Daten',
  'consents.data.none': 'Keine Art persönlicher Daten',
  'consents.data.memories': 'Erinnerungen',
  'consents.data.conversations': 'Gespräche',
  'consents.data.connections': 'Verbindungen zu anderen Rechnern',
  'consents.data.secrets': 'Geheimnisse',
  'consents.data.watching': 'Was Plugins einander sagen',
  'consents.purpose': 'Wofür',
  'consents.scope': 'Wie weit',
  'consents.until': 'Bis',
  'consents.until.revoked': 'Bis du es zurücknimmst',
  'consents.until.always': 'Immer: Ohne dieses Plugin läuft AICO nicht',
  'consents.ended': 'Endete',
  'consents.asked': 'Gefragt',
  'consents.how.product': 'Nicht gefragt: wie AICO oder das Plugin kam',
  'consents.how.install': 'Bei der Installation',
  'consents.how.update': 'Bei einer Aktualisierung',
  'consents.how.use': 'Bei der ersten Verwendung',
  'consents.how.settings': 'Von dir selbst geändert',
  'consents.history': 'Verlauf',
  'consents.history.text':
    'Was gefragt, erlaubt, eingeschränkt, abgelehnt, verwehrt wurde und abgelaufen ist, aus dem Protokoll. Auch dass du hineinsiehst, wird vermerkt.',
  'consents.history.show': 'Den Verlauf zeigen',
  'consents.history.empty': 'Bisher wurde nichts entschieden.',
};
