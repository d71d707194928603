import type { Conversation, ConversationChanged } from '@aico/sdk';

/** Latest first, each once. */
export function inOrder(conversations: readonly Conversation[]): Conversation[] {
  const byId = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  return [...byId.values()].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0));
}

export function withConversation(all: readonly Conversation[], conversation: Conversation): Conversation[] {
  return inOrder([...all, conversation]);
}

export function withoutConversation(all: readonly Conversation[], id: string): Conversation[] {
  return all.filter((conversation) => conversation.id !== id);
}

/** All of them, after one changed. */
export function after(all: readonly Conversation[], { conversation, change }: ConversationChanged): Conversation[] {
  return change === 'deleted' ? withoutConversation(all, conversation.id) : withConversation(all, conversation);
}
