import type { Conversation } from '@aico/sdk';
import type { Words } from '../i18n/words.svelte.ts';

/** The name of a conversation; one without a message has none of its own yet. */
export function titleOf(conversation: Conversation, words: Words): string {
  return conversation.messages === 0 ? words.t('talk.untitled') : conversation.title;
}
