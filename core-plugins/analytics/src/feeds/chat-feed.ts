import type { ChatMessage, ConversationTally } from '@aico/sdk';
import { CONVERSATIONS, MESSAGES, type Row } from '../tables.ts';
import type { Feed, FeedParts } from './feed.ts';

const TALLIES = 500;
const MESSAGES_A_PAGE = 500;
const START = '0';
const WITHOUT_CONVERSATION = 'delete from messages where conversation not in (select id from conversations)';

interface Added {
  messages: number;
  characters: number;
}

/**
 * Conversations and their messages. What is new is read from where the last feed ended. Then each conversation is compared
 * with the chat's tally of it, and read anew when it is not what it should be: something in it was deleted or changed.
 */
export class ChatFeed implements Feed {
  readonly tables = [CONVERSATIONS, MESSAGES];
  /** What each conversation held when it was last the same here and there. */
  readonly #known = new Map<string, ConversationTally>();
  #cursor = START;

  async run(parts: FeedParts): Promise<void> {
    const { engine, signal } = parts;
    const tallies = await readTallies(parts);
    const added = await this.#readNew(parts);
    await engine.replace(CONVERSATIONS, [...tallies.values()].map(conversationRow));
    await engine.run(WITHOUT_CONVERSATION);
    for (const id of this.#known.keys()) if (!tallies.has(id)) this.#known.delete(id);
    for (const [id, tally] of tallies) {
      signal.throwIfAborted();
      if (!isExpected(tally, this.#known.get(id), added.get(id)) && !(await readAnew(parts, tally))) {
        this.#known.delete(id);
      } else this.#known.set(id, tally);
    }
  }

  async #readNew({ bus, engine, signal, onRead }: FeedParts): Promise<ReadonlyMap<string, Added>> {
    const added = new Map<string, Added>();
    for (let rows = 0; ; ) {
      const asked = { after: this.#cursor, limit: MESSAGES_A_PAGE };
      const { messages, next } = await bus.request('chat.message.list.v1', asked, { signal });
      const whole = messages.filter(isWhole);
      await engine.add(MESSAGES, whole.map(messageRow));
      for (const { conversation, text } of whole) {
        const sum = added.get(conversation) ?? { messages: 0, characters: 0 };
        sum.messages += 1;
        sum.characters += lengthOf(text);
        added.set(conversation, sum);
      }
      if (messages.length === 0 || next === undefined) return added;
      this.#cursor = next;
      rows += messages.length;
      await onRead(MESSAGES.name, rows);
    }
  }
}

async function readTallies({ bus, signal }: FeedParts): Promise<Map<string, ConversationTally>> {
  const all = new Map<string, ConversationTally>();
  for (let after: string | undefined; ; ) {
    const asked = { limit: TALLIES, ...(after === undefined ? {} : { after }) };
    const { tallies, more } = await bus.request('chat.conversation.tally.v1', asked, { signal });
    for (const tally of tallies) all.set(tally.id, tally);
    after = tallies.at(-1)?.id;
    if (!more || after === undefined) return all;
  }
}

/** Whether a conversation is what it was, and what was added. Where nothing was, the places of its messages are the same, too. */
function isExpected(tally: ConversationTally, known: ConversationTally | undefined, added: Added | undefined): boolean {
  const messages = (known?.messages ?? 0) + (added?.messages ?? 0);
  const characters = (known?.characters ?? 0) + (added?.characters ?? 0);
  const isMoved = added === undefined && tally.places !== (known?.places ?? 0);
  return tally.messages === messages && tally.characters === characters && !isMoved;
}

/** Puts all messages of a conversation in the place of those that there are. Returns whether they are as the tally said. */
async function readAnew({ bus, engine, signal, onRead }: FeedParts, tally: ConversationTally): Promise<boolean> {
  const all: ChatMessage[] = [];
  for (let after = START; ; ) {
    const asked = { conversation: tally.id, after, limit: MESSAGES_A_PAGE };
    const { messages, next } = await bus.request('chat.message.list.v1', asked, { signal });
    all.push(...messages.filter(isWhole));
    if (messages.length === 0 || next === undefined) break;
    after = next;
    await onRead(MESSAGES.name, all.length);
  }
  await engine.remove(MESSAGES, 'conversation = ?', tally.id);
  await engine.add(MESSAGES, all.map(messageRow));
  const characters = all.reduce((sum, { text }) => sum + lengthOf(text), 0);
  return tally.messages === all.length && tally.characters === characters;
}

/** A reply that is being written comes when it is done. */
function isWhole({ status }: ChatMessage): boolean {
  return status !== 'streaming';
}

function conversationRow({ id, title, createdAt, updatedAt, messages, characters }: ConversationTally): Row {
  return [id, title, createdAt, updatedAt, messages, characters];
}

function messageRow(message: ChatMessage): Row {
  const { id, conversation, role, status, text, createdAt, provider, model, plugin, usage } = message;
  const words = text.match(/\S+/g)?.length ?? 0;
  const used = [usage?.promptTokens, usage?.completionTokens, usage?.durationMs];
  return [id, conversation, role, status, text, words, createdAt, provider, model, plugin, ...used];
}

/** As the database counts them: code points. */
function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
