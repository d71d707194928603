import {
  AicoError,
  type Conversation,
  type ConversationCreate,
  type ConversationPage,
  type ConversationTallyPage,
  type SqlStatement,
  type Storage,
} from '@aico/sdk';
import type { Stamp } from './stamp.ts';
import { NEW_TITLE } from './title.ts';

const COLUMNS = 'id, title, created_at, updated_at, messages';
const DEFAULT_PAGE = 50;
const DEFAULT_TALLIES = 200;

interface ConversationRow {
  readonly id: string;
  readonly title: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly messages: number;
}

interface TallyRow extends Omit<ConversationRow, 'messages'> {
  readonly held: number;
  readonly characters: number;
  readonly places: number;
}

/** Conversations in the plugin's own database. */
export class ConversationStore {
  readonly #storage: Storage;
  readonly #stamp: Stamp;

  constructor(storage: Storage, stamp: Stamp) {
    this.#storage = storage;
    this.#stamp = stamp;
  }

  /** @throws AicoError CHAT_CONVERSATION_UNKNOWN, for a deleted one too */
  async get(id: string): Promise<Conversation> {
    const sql = `select ${COLUMNS} from conversation where id = ? and deleted_at is null`;
    const [row] = await this.#storage.query<ConversationRow>(sql, [id]);
    if (row === undefined) throw new AicoError('CHAT_CONVERSATION_UNKNOWN', { subject: id });
    return conversationOf(row);
  }

  /** Those of some that there are and that are not deleted. */
  async known(ids: readonly string[]): Promise<readonly Conversation[]> {
    const sql = `select ${COLUMNS} from conversation
                 where deleted_at is null and id in (select value from json_each(?))`;
    return (await this.#storage.query<ConversationRow>(sql, [JSON.stringify(ids)])).map(conversationOf);
  }

  /** Latest first. */
  async list(before: string | undefined, limit: number = DEFAULT_PAGE): Promise<ConversationPage> {
    // Those of one moment may lie on both sides of a page's edge. A time alone comes before every id.
    const [time = null, id = ''] = before?.split(',') ?? [];
    const rows = await this.#storage.query<ConversationRow>(
      `select ${COLUMNS} from conversation
       where deleted_at is null and (?1 is null or (updated_at, id) < (?1, ?2)) order by updated_at desc, id desc limit ?3`,
      [time, id, limit + 1],
    );
    const conversations = rows.slice(0, limit).map(conversationOf);
    const last = conversations.at(-1);
    return rows.length > limit && last !== undefined
      ? { conversations, next: `${last.updatedAt},${last.id}` }
      : { conversations };
  }

  /** What each conversation holds, by id; replies that are being written are left out. */
  async tally(after = '', limit: number = DEFAULT_TALLIES): Promise<ConversationTallyPage> {
    const rows = await this.#storage.query<TallyRow>(
      `select c.id, c.title, c.created_at, c.updated_at, count(m.sequence) as held,
         coalesce(sum(length(m.text)), 0) as characters, coalesce(sum(m.sequence), 0) as places
       from (select * from conversation where deleted_at is null and id > ?1 order by id limit ?2) c
       left join message m on m.conversation = c.id and m.status <> 'streaming'
       group by c.id order by c.id`,
      [after, limit + 1],
    );
    const tallies = rows.slice(0, limit).map(({ held, ...row }) => ({
      ...conversationOf({ ...row, messages: held }),
      characters: row.characters,
      places: row.places,
    }));
    return { tallies, more: rows.length > limit };
  }

  /** The one that there is, when it was begun with this id before. @throws AicoError CHAT_CONVERSATION_UNKNOWN, for a deleted one */
  async create({ id = crypto.randomUUID(), title }: ConversationCreate): Promise<Conversation> {
    const values = [id, title ?? NEW_TITLE, title === undefined ? 0 : 1, this.#stamp()];
    const sql = `insert into conversation (id, title, named, created_at, updated_at)
                 values (?1, ?2, ?3, ?4, ?4) on conflict (id) do nothing`;
    await this.#storage.batch([{ sql, values }]);
    return this.get(id);
  }

  async rename(id: string, title: string): Promise<Conversation> {
    const sql = 'update conversation set title = ?2, named = 1, updated_at = ?3 where id = ?1 and deleted_at is null';
    await this.#storage.batch([{ sql, values: [id, title, this.#stamp()] }]);
    return this.get(id);
  }

  /** Hides a conversation until the next start, when it goes for good. Returns what it was. */
  async delete(id: string): Promise<Conversation> {
    const conversation = await this.get(id);
    const sql = 'update conversation set deleted_at = ?2 where id = ?1';
    await this.#storage.batch([{ sql, values: [id, this.#stamp()] }]);
    return conversation;
  }

  async restore(id: string): Promise<Conversation> {
    await this.#storage.batch([{ sql: 'update conversation set deleted_at = null where id = ?', values: [id] }]);
    return this.get(id);
  }

  /** Lets go of what was deleted before this start. */
  async purge(): Promise<void> {
    const deleted = 'select id from conversation where deleted_at is not null';
    await this.#storage.batch([
      { sql: `delete from message where conversation in (${deleted})` },
      { sql: 'delete from conversation where deleted_at is not null' },
    ]);
  }

  /** The statement that goes with new messages: their number, the time, and a title while there is none. */
  touched(id: string, added: number, title: string): SqlStatement {
    return {
      sql: `update conversation set messages = messages + ?2, updated_at = ?3,
            title = case when named = 0 and messages = 0 then ?4 else title end where id = ?1`,
      values: [id, added, this.#stamp(), title],
    };
  }
}

function conversationOf(row: ConversationRow): Conversation {
  return {
    id: row.id,
    title: row.title,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    messages: row.messages,
  };
}
