import {
  AicoError,
  type ChatMessage,
  type MessageList,
  type MessagePage,
  type SqlStatement,
  type Storage,
} from '@aico/sdk';

const COLUMNS = 'sequence, id, conversation, role, status, text, created_at, reply_to, extra';
const DEFAULT_PAGE = 50;
/** What a page holds at most beyond its first message, so that it fits into one message on the bus. */
const MAX_PAGE_CHARACTERS = 400_000;
const WALKED_AT_ONCE = 1000;

interface MessageRow {
  readonly sequence: number;
  readonly id: string;
  readonly conversation: string;
  readonly role: ChatMessage['role'];
  readonly status: ChatMessage['status'];
  readonly text: string;
  readonly created_at: string;
  readonly reply_to: string | null;
  readonly extra: string;
}

/** Messages in the plugin's own database. */
export class MessageStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async find(id: string): Promise<ChatMessage | undefined> {
    const [row] = await this.#storage.query<MessageRow>(`select ${COLUMNS} from message where id = ?`, [id]);
    return row && messageOf(row);
  }

  async findReplyTo(id: string): Promise<ChatMessage | undefined> {
    const sql = `select ${COLUMNS} from message where reply_to = ? order by sequence desc limit 1`;
    const [row] = await this.#storage.query<MessageRow>(sql, [id]);
    return row && messageOf(row);
  }

  async findLast(conversation: string): Promise<ChatMessage | undefined> {
    const sql = `select ${COLUMNS} from message where conversation = ? order by sequence desc limit 1`;
    const [row] = await this.#storage.query<MessageRow>(sql, [conversation]);
    return row && messageOf(row);
  }

  /** What was said before a message, the latest first, as far as it fits: whole messages of user and companion. */
  async before(
    message: ChatMessage,
    most: { readonly messages: number; readonly characters: number },
  ): Promise<readonly ChatMessage[]> {
    const rows = await this.#storage.query<MessageRow>(
      fitting(
        `select ${COLUMNS} from message
         where conversation = ? and sequence < (select sequence from message where id = ?)
           and role in ('user', 'companion') and status in ('complete', 'stopped') and text <> ''
         order by sequence desc limit ?`,
        'desc',
      ),
      [message.conversation, message.id, most.messages, most.characters],
    );
    return rows.map(messageOf);
  }

  /** A page, oldest first. `next` goes on from the last message of the page, also when there is none yet. */
  async list(asked: MessageList): Promise<MessagePage> {
    const rows = await this.#select(asked);
    const page = asked.after === undefined ? rows.reverse() : rows;
    const [first, last] = [page[0], page.at(-1)];
    const older = asked.after === undefined && first !== undefined && (await this.#hasBefore(asked, first));
    return {
      messages: page.map(messageOf),
      ...(older ? { previous: String(first.sequence) } : {}),
      ...(last === undefined ? {} : { next: String(last.sequence) }),
    };
  }

  /** Every message that meets a condition, oldest first, deleted conversations included, as many at a time as fit together. */
  async *walk(condition: string, values: readonly (string | number)[]): AsyncGenerator<readonly ChatMessage[]> {
    const sql = `select ${COLUMNS} from message where sequence > ? and (${condition}) order by sequence limit ?`;
    for (let after = 0; ; ) {
      const bound = [after, ...values, WALKED_AT_ONCE, MAX_PAGE_CHARACTERS];
      const rows = await this.#storage.query<MessageRow>(fitting(sql, 'asc'), bound);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(messageOf);
      after = last.sequence;
    }
  }

  /** The statement that adds a message. */
  inserted(message: ChatMessage): SqlStatement {
    return {
      sql: `insert into message (id, conversation, role, status, text, created_at, reply_to, extra)
            values (?, ?, ?, ?, ?, ?, ?, ?)`,
      values: [
        message.id,
        message.conversation,
        message.role,
        message.status,
        message.text,
        message.createdAt,
        message.replyTo ?? null,
        extraOf(message),
      ],
    };
  }

  /** The statement that brings a kept message up to date. */
  updated(message: ChatMessage): SqlStatement {
    return {
      sql: 'update message set role = ?2, status = ?3, text = ?4, created_at = ?5, extra = ?6 where id = ?1',
      values: [message.id, message.role, message.status, message.text, message.createdAt, extraOf(message)],
    };
  }

  async keepText(id: string, text: string): Promise<void> {
    await this.#storage.batch([{ sql: 'update message set text = ?2 where id = ?1', values: [id, text] }]);
  }

  /** Ends replies that were being written when the plugin last ended: they keep the text that they have. */
  async endUnfinished(error: AicoError): Promise<void> {
    const sql = `update message set status = 'failed', extra = json_set(extra, '$.error', json(?)) where status = 'streaming'`;
    await this.#storage.batch([{ sql, values: [JSON.stringify(error.toReport())] }]);
  }

  /** Only the conditions that are asked for are in the query, so that it can go by the index. */
  async #select({ conversation, before, after, limit = DEFAULT_PAGE }: MessageList): Promise<MessageRow[]> {
    const conditions: [string, string | number][] = [];
    if (conversation !== undefined) conditions.push(['m.conversation = ?', conversation]);
    if (after !== undefined) conditions.push(['m.sequence > ?', sequenceOf(after)]);
    else if (before !== undefined) conditions.push(['m.sequence < ?', sequenceOf(before)]);
    const where = ['c.deleted_at is null', ...conditions.map(([condition]) => condition)].join(' and ');
    const order = after === undefined ? 'desc' : 'asc';
    const sql = `select ${COLUMNS.replace(/\w+/g, 'm.$&')} from message m join conversation c on c.id = m.conversation
                 where ${where} order by m.sequence ${order} limit ?`;
    const values = [...conditions.map(([, value]) => value), limit, MAX_PAGE_CHARACTERS];
    return [...(await this.#storage.query<MessageRow>(fitting(sql, order), values))];
  }

  async #hasBefore({ conversation }: MessageList, first: MessageRow): Promise<boolean> {
    const [where, values] = conversation === undefined ? ['', []] : ['and m.conversation = ?', [conversation]];
    const rows = await this.#storage.query(
      `select 1 from message m join conversation c on c.id = m.conversation
       where c.deleted_at is null and m.sequence < ? ${where} limit 1`,
      [first.sequence, ...values],
    );
    return rows.length > 0;
  }
}

/** The first rows of a query whose texts fit together, and the very first in any case. Binds one more value: how much fits. */
function fitting(sql: string, order: 'asc' | 'desc'): string {
  return `select * from (
            select *, sum(size) over (order by sequence ${order}) as filled
            from (select *, length(text) + length(extra) as size from (${sql})))
          where filled <= ? or filled = size order by sequence ${order}`;
}

function sequenceOf(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw new AicoError('CHAT_CURSOR_INVALID', { subject: cursor });
  return Number(cursor);
}

function extraOf(message: ChatMessage): string {
  const { remembered, provider, model, plugin, error, usage, tools, attachments, filesRead } = message;
  return JSON.stringify({ remembered, provider, model, plugin, error, usage, tools, attachments, filesRead });
}

function messageOf(row: MessageRow): ChatMessage {
  return {
    id: row.id,
    conversation: row.conversation,
    role: row.role,
    status: row.status,
    text: row.text,
    createdAt: row.created_at,
    ...(row.reply_to === null ? {} : { replyTo: row.reply_to }),
    ...(JSON.parse(row.extra) as Partial<ChatMessage>),
  };
}
