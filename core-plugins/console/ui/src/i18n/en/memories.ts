import type { Phrase } from '../fill.ts';

export const memories = {
  'memories.title': 'Memories',
  'memories.text': 'What you said, and when. The companion looks here before it answers.',
  'memories.search': 'Search memories',
  'memories.count': { one: 'One memory', other: '{count} memories' },
  'memories.found': { one: 'One found', other: '{count} found' },
  'memories.empty': 'Nothing is remembered yet',
  'memories.empty.text': 'Tell your companion something about yourself, and it will be here.',
  'memories.empty.action': 'Talk',
  'memories.nothing': 'Nothing fits “{query}”',
  'memories.nothing.text': 'Try fewer or other words.',
  'memories.source': 'Go to the conversation',
  'memories.forget.this': 'Forget: {text}',
} as const satisfies Record<string, Phrase>;
