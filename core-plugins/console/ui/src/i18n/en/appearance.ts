import type { Phrase } from '../fill.ts';

export const appearance = {
  'appearance.title': 'Appearance',
  'appearance.text': 'Choose colours: the whole app wears them at once. Each has a light and a dark side.',
  'appearance.open': 'Choose colours',
  'appearance.back': 'As it was before',
  'appearance.before': 'as before',
  'appearance.own': 'From AICO',
  'appearance.default': 'Paper and lamp',
  'appearance.sea': 'Sea',
  'appearance.moss': 'Moss',
  'appearance.plum': 'Plum',
  'appearance.contrast': 'High contrast',
  'appearance.itself': 'Changes by itself',
  'appearance.itself.text': '{name} chooses among these, whenever it fits.',
  'appearance.chosen': 'Colours: {title}',
  'appearance.away':
    'The colours that you chose belong to a plugin that is off or gone. Until it is back, AICO wears its own.',
  'appearance.more': 'Plugins bring more colours.',
  'appearance.gallery': 'See the gallery',
} as const satisfies Record<string, Phrase>;
