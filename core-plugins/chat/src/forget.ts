import {
  type ChatMessage,
  type ForgetFound,
  type ForgetItem,
  type ForgetOrder,
  type ForgetSearch,
  type ForgotResult,
  findMention,
} from '@aico/sdk';
import type { Attachments } from './attachments.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { ForgetStore, TitledConversation } from './forget-store.ts';
import type { MessageStore } from './message-store.ts';
import type { Teller } from './teller.ts';
import type { Turns } from './turns.ts';

export interface ForgetPowers {
  readonly forgetting: ForgetStore;
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
  readonly teller: Teller;
  readonly turns: Pick<Turns, 'stop'>;
  readonly attachments: Pick<Attachments, 'collect'>;
}

const MOST_ITEMS = 2000;
const EXCERPT = { characters: 300, before: 100 };

/** What the chat keeps of something: messages, what answers them or quotes their memories, conversations, titles. */
export async function findKept({ forgetting, messages }: ForgetPowers, search: ForgetSearch): Promise<ForgetFound> {
  const { names = [], from, to } = search;
  const items = new Map<string, ForgetItem>();
  const add = (...found: ForgetItem[]): void => {
    for (const item of found) items.set(`${item.kind} ${item.id}`, item);
  };
  if (search.conversations !== undefined)
    add(...(await forgetting.conversations(search.conversations)).map((each) => itemOf('conversation', each)));
  const { messages: named = [], memories = [] } = search;
  if (named.length + memories.length > 0)
    add(...(await forgetting.about(named, memories, MOST_ITEMS)).map((message) => messageItem(message)));
  if (from !== undefined && to !== undefined) {
    for await (const page of messages.walk('created_at >= ? and created_at < ?', [momentOf(from), momentOf(to)])) {
      add(...page.map((message) => messageItem(message)));
      if (items.size > MOST_ITEMS) break;
    }
  }
  if (names.length > 0) {
    for (const each of await forgetting.allConversations())
      if (findMention(each.title, names) !== undefined) add(itemOf('title', each));
    for await (const page of messages.walk('true', [])) {
      for (const message of page) {
        const at = mentionIn(message, names);
        if (at !== undefined) add(messageItem(message, at));
      }
      if (items.size > MOST_ITEMS) break;
    }
  }
  const all = [...items.values()];
  return { items: all.slice(0, MOST_ITEMS), ...(all.length > MOST_ITEMS && { more: true }) };
}

/** Removes it for good and tells every window. Replies that are being written there stop first, unless it goes for its age. */
export async function removeKept(powers: ForgetPowers, order: ForgetOrder): Promise<ForgotResult> {
  const { forgetting, conversations, teller, turns, attachments } = powers;
  const touched = await forgetting.touchedBy(order);
  // What goes for its age is no part of what is being said now.
  if (order.before === undefined) for (const id of touched) await turns.stop(id);
  const told = [...new Set([...touched, ...order.titles])];
  const before = new Map((await conversations.known(told)).map((each) => [each.id, each]));
  const removed = await forgetting.remove(order, touched);
  const files = await attachments.collect();
  const after = new Map((await conversations.known(told)).map((each) => [each.id, each]));
  for (const [id, was] of before) {
    const now = after.get(id);
    if (now === undefined) teller.changed(was, 'deleted');
    else teller.changed(now, 'forgotten');
  }
  const kinds = { message: removed.messages, conversation: removed.conversations, title: removed.titles };
  return {
    kinds: Object.entries({ ...kinds, quote: removed.quotes, file: files }).map(([kind, count]) => ({
      kind,
      removed: count,
    })),
  };
}

/** Where a message, the name of a file of it, or what was recalled or fetched for it mentions a name. */
function mentionIn(message: ChatMessage, names: readonly string[]): number | undefined {
  const { text, remembered = [], tools = [], attachments = [] } = message;
  const at = findMention(text, names);
  if (at !== undefined) return at;
  const beside = [
    ...attachments.map((file) => file.name),
    ...remembered.map((item) => item.text),
    ...tools.map((tool) => JSON.stringify(tool)),
  ];
  return beside.some((each) => findMention(each, names) !== undefined) ? 0 : undefined;
}

function momentOf(time: string): string {
  return new Date(time).toISOString();
}

function messageItem({ id, text, createdAt, conversation, role }: ChatMessage, at = 0): ForgetItem {
  const from = Math.max(0, at < EXCERPT.characters - EXCERPT.before ? 0 : at - EXCERPT.before);
  const excerpt = text.slice(from, from + EXCERPT.characters);
  return { kind: 'message', id, text: excerpt, when: createdAt, conversation, author: role };
}

function itemOf(kind: 'conversation' | 'title', { id, title, created_at }: TitledConversation): ForgetItem {
  return { kind, id, text: title.slice(0, EXCERPT.characters), when: created_at, conversation: id };
}
