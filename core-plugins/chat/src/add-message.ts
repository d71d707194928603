import type { ChatMessage, MessageAdd, MessageCreated, PluginContext, Request } from '@aico/sdk';
import type { ConversationStore } from './conversation-store.ts';
import type { MessageStore } from './message-store.ts';
import type { Stamp } from './stamp.ts';
import type { Teller } from './teller.ts';
import { titleFrom } from './title.ts';

export interface AddPowers {
  readonly storage: PluginContext['storage'];
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly teller: Teller;
  readonly stamp: Stamp;
}

/** Keeps what a plugin says of its own accord, under the name that the kernel stamped. @throws AicoError CHAT_CONVERSATION_UNKNOWN */
export async function addMessage(
  { storage, conversations, messages, teller, stamp }: AddPowers,
  request: Pick<Request<MessageAdd>, 'sender' | 'data' | 'traceparent'>,
): Promise<MessageCreated> {
  const { sender: plugin, data } = request;
  const { conversation, text } = data;
  await conversations.get(conversation);
  const about = { id: crypto.randomUUID(), conversation, createdAt: stamp() };
  const message: ChatMessage = { ...about, role: 'plugin', plugin, status: 'complete', text };
  await storage.batch([messages.inserted(message), conversations.touched(conversation, 1, titleFrom(text))]);
  teller.created(message, request);
  teller.changed(await conversations.get(conversation), 'updated');
  return { message };
}
