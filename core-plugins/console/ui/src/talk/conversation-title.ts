import type { Conversation } from '@aico/sdk';
import type { Words } from '../i18n/words.svelte.ts';

/** What a conversation is called until something was said in it. */
export const NO_TITLE = 'New conversation';

/** The name of a conversation; one that has none of its own yet is called so in the user's language. */
export function titleOf(conversation: Conversation, words: Words): string {
  return conversation.title === NO_TITLE ? words.t('talk.untitled') : conversation.title;
}
