import type { ChatMessage, ForgetOrder, SqlStatement, Storage } from '@aico/sdk';
import type { MessageStore } from './message-store.ts';
import { NEW_TITLE, titleFrom } from './title.ts';

/** A conversation as far as forgetting looks at it. */
export interface TitledConversation {
  readonly id: string;
  readonly title: string;
  readonly created_at: string;
}

/** How much went. */
export interface Removed {
  readonly messages: number;
  readonly conversations: number;
  readonly titles: number;
  /** Quotes of forgotten memories, taken out of replies that stay. */
  readonly quotes: number;
}

const IN = 'in (select value from json_each(?))';
const QUOTING = `exists (select 1 from json_each(extra, '$.remembered') as r where json_extract(r.value, '$.memory') ${IN})`;

/** Finds and removes what is to be forgotten, deleted conversations included. */
export class ForgetStore {
  readonly #storage: Storage;
  readonly #messages: MessageStore;

  constructor(storage: Storage, messages: MessageStore) {
    this.#storage = storage;
    this.#messages = messages;
  }

  conversations(ids: readonly string[]): Promise<readonly TitledConversation[]> {
    const sql = `select id, title, created_at from conversation where id ${IN}`;
    return this.#storage.query(sql, [JSON.stringify(ids)]);
  }

  allConversations(): Promise<readonly TitledConversation[]> {
    return this.#storage.query('select id, title, created_at from conversation');
  }

  /** Messages with these ids, what answers them, and what was answered with these memories at hand. */
  async about(messages: readonly string[], memories: readonly string[], most: number): Promise<ChatMessage[]> {
    const named = JSON.stringify(messages);
    const sql = `id ${IN} or reply_to ${IN}${memories.length > 0 ? ` or ${QUOTING}` : ''}`;
    const values = memories.length > 0 ? [named, named, JSON.stringify(memories)] : [named, named];
    const found: ChatMessage[] = [];
    for await (const page of this.#messages.walk(sql, values)) {
      found.push(...page);
      if (found.length >= most) break;
    }
    return found;
  }

  /** Conversations in which a reply may be running that is to be forgotten. */
  async touchedBy({ messages, conversations }: ForgetOrder): Promise<string[]> {
    const sql = `select distinct conversation from message where id ${IN}`;
    const rows = await this.#storage.query<{ conversation: string }>(sql, [JSON.stringify(messages)]);
    return [...new Set([...conversations, ...rows.map(({ conversation }) => conversation)])];
  }

  /** Removes all of it in one transaction; a conversation in which nothing is left goes with its title. */
  async remove(order: ForgetOrder, touched: readonly string[]): Promise<Removed> {
    const [messages, conversations] = [JSON.stringify(order.messages), JSON.stringify(order.conversations)];
    const here = JSON.stringify(touched);
    const statements: SqlStatement[] = [
      { sql: `delete from message where id ${IN} or conversation ${IN}`, values: [messages, conversations] },
      {
        sql: `update message set extra = json_remove(extra, '$.remembered') where ${QUOTING}`,
        values: [JSON.stringify(order.memories)],
      },
      {
        sql: `update conversation set title = ?, named = 0 where id ${IN} and id not ${IN}`,
        values: [NEW_TITLE, JSON.stringify(order.titles), conversations],
      },
      // Set anew below: a title must not outlive what it was made of, whatever happens in between.
      { sql: `update conversation set title = ? where named = 0 and id ${IN}`, values: [NEW_TITLE, here] },
      {
        sql: `update conversation set messages = (select count(*) from message where conversation = conversation.id)
              where id ${IN}`,
        values: [here],
      },
      {
        sql: `delete from conversation where id ${IN} or (id ${IN} and messages = 0)`,
        values: [conversations, here],
      },
    ];
    const results = await this.#storage.batch(statements);
    const [gone = 0, quotes = 0, titles = 0, , , emptied = 0] = results.map(({ changes }) => changes);
    await this.#titleAnew(touched);
    return { messages: gone, conversations: emptied, titles, quotes };
  }

  /** A title that follows from the first message follows from the first that is left. */
  async #titleAnew(touched: readonly string[]): Promise<void> {
    const rows = await this.#storage.query<{ id: string; text: string }>(
      `select conversation as id, text from message where sequence in (
         select min(m.sequence) from message m join conversation c on c.id = m.conversation
         where c.named = 0 and m.role = 'user' and c.id ${IN} group by c.id)`,
      [JSON.stringify(touched)],
    );
    const sql = 'update conversation set title = ? where named = 0 and id = ?';
    if (rows.length > 0)
      await this.#storage.batch(rows.map(({ id, text }) => ({ sql, values: [titleFrom(text), id] })));
  }
}
