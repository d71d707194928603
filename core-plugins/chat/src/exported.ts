import {
  AicoError,
  type ExportAdd,
  type ExportAdded,
  type ExportedConversation,
  type ExportedMessage,
  type ExportOutcome,
  type ExportPage,
  type ExportRecord,
  type SqlStatement,
  type SqlValue,
  type Storage,
} from '@aico/sdk';

type Row = Readonly<Record<string, SqlValue>>;
interface Placed {
  readonly sequence: number;
  readonly id: string;
}

const MESSAGES_AT_ONCE = 200;
/** What a page holds at most beyond its first message, so that it fits into one message on the bus. */
const MOST_CHARACTERS = 400_000;

const NEXT_CONVERSATION = `select id, title, named, created_at, updated_at from conversation
  where deleted_at is null and (?1 is null or (created_at, id) > (?1, ?2)) order by created_at, id limit 1`;
/** Of a conversation that was deleted meanwhile there is no more. A reply that is being written is none yet. */
const MESSAGES = `select * from (
    select *, sum(length(text) + length(extra)) over (order by sequence) as filled from (
      select m.* from message m join conversation c on c.id = m.conversation
      where m.conversation = ?1 and m.sequence > ?2 and m.status <> 'streaming' and c.deleted_at is null
      order by m.sequence limit ?3))
  where filled <= ?4 or filled = length(text) + length(extra) order by sequence`;
const TOTAL = `select (select count(*) from conversation where deleted_at is null)
  + (select count(*) from message m join conversation c on c.id = m.conversation
     where c.deleted_at is null and m.status <> 'streaming') as total`;

const ADD_CONVERSATION = `insert into conversation (id, title, named, created_at, updated_at)
  values (?, ?, ?, ?, ?) on conflict (id) do update set deleted_at = null`;
const ADD_MESSAGE = `insert into message (sequence, id, conversation, role, status, text, created_at, reply_to, extra)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`;
const COUNT = `update conversation set messages = (select count(*) from message where conversation = ?1) where id = ?1`;

/** Hands out all conversations for an export, and takes back what is not there. */
export class Exported {
  readonly #storage: Pick<Storage, 'batch' | 'query'>;
  readonly #changed: (conversation: string) => Promise<void>;
  /** The last message that was taken back: the next one of its conversation follows it. */
  #last: { readonly id: string; readonly conversation: string } | undefined;

  /** @param changed told of each conversation to which something was added */
  constructor(storage: Pick<Storage, 'batch' | 'query'>, changed: (conversation: string) => Promise<void>) {
    this.#storage = storage;
    this.#changed = changed;
  }

  /** Conversations, oldest first, each followed by its messages. @throws AicoError CHAT_CURSOR_INVALID */
  async read(after: string | undefined): Promise<ExportPage> {
    const [createdAt, id, sequence] = cursorOf(after);
    if (id !== undefined && sequence !== undefined) {
      const rows = await this.#storage.query<Row>(MESSAGES, [id, sequence, MESSAGES_AT_ONCE, MOST_CHARACTERS]);
      const last = rows.at(-1);
      if (last !== undefined)
        return { records: rows.map(messageRecord), next: JSON.stringify([createdAt, id, last['sequence']]) };
    }
    const [row] = await this.#storage.query<Row>(NEXT_CONVERSATION, [createdAt ?? null, id ?? null]);
    const [count] = after === undefined ? await this.#storage.query<{ total: number }>(TOTAL) : [];
    const total = count === undefined ? {} : { total: count.total };
    if (row === undefined) return { records: [], ...total };
    const next = JSON.stringify([row['created_at'], row['id'], 0]);
    return { records: [conversationRecord(row)], next, ...total };
  }

  /** Adds what is not there; what is there stays as it is. Cut short, it goes on from there the next time. */
  add({ kind, records, dry }: ExportAdd): Promise<ExportAdded> {
    // Conversations come first: whatever was taken back before is another import.
    if (kind === 'conversations') this.#last = undefined;
    if (kind === 'conversations') return this.#addConversations(records as unknown as ExportedConversation[], dry);
    if (kind === 'messages') return this.#addMessages(records as unknown as ExportedMessage[], dry);
    const refused: ExportOutcome = { is: 'refused', problem: `${kind} are nothing that the chat keeps` };
    return Promise.resolve({ outcomes: records.map(() => refused) });
  }

  async #addConversations(records: readonly ExportedConversation[], dry: boolean): Promise<ExportAdded> {
    const here = await this.#here(records.map(({ id }) => id));
    const added = records.filter(({ id }) => !here.has(id));
    if (!dry && added.length > 0) {
      await this.#storage.batch(
        added.map(({ id, title, named, createdAt, updatedAt }) => ({
          sql: ADD_CONVERSATION,
          values: [id, title, named ? 1 : 0, createdAt, updatedAt],
        })),
      );
      for (const { id } of added) await this.#changed(id);
    }
    return { outcomes: records.map(({ id }) => ({ is: here.has(id) ? 'known' : 'new' })) };
  }

  async #addMessages(records: readonly ExportedMessage[], dry: boolean): Promise<ExportAdded> {
    const before = this.#last === undefined || dry ? [] : [this.#last.id];
    const rows = await this.#storage.query<Placed>(
      'select sequence, id from message where id in (select value from json_each(?1)) or sequence in (select value from json_each(?2))',
      [JSON.stringify([...before, ...records.map(({ id }) => id)]), JSON.stringify(records.map(({ place }) => place))],
    );
    const known = new Map(rows.map(({ id, sequence }) => [id, sequence]));
    const conversations = await this.#here([...new Set(records.map(({ conversation }) => conversation))]);
    const outcomes = records.map(({ id, conversation }): ExportOutcome => {
      if (known.has(id)) return { is: 'known' };
      return { is: 'new', ...(!conversations.has(conversation) && { needs: `conversations/${conversation}` }) };
    });
    if (!dry) await this.#insert(records, known, new Set(rows.map(({ sequence }) => sequence)), conversations);
    return { outcomes };
  }

  /** A message keeps its place where that is free; where it is not, it and all that followed it come last: the order stays. */
  async #insert(
    records: readonly ExportedMessage[],
    known: ReadonlyMap<string, number>,
    taken: Set<number>,
    conversations: ReadonlySet<string>,
  ): Promise<void> {
    const placed: SqlStatement[] = [];
    // After those: the next free place must not be one that a message of this batch brings.
    const last: SqlStatement[] = [];
    const touched = new Set<string>();
    let place = this.#last === undefined ? 0 : (known.get(this.#last.id) ?? 0);
    for (const message of records) {
      if (this.#last?.conversation !== message.conversation) place = 0;
      const here = known.get(message.id);
      if (here !== undefined) place = here;
      else if (conversations.has(message.conversation)) {
        const isFree = message.place > place && !taken.has(message.place);
        place = isFree ? message.place : Number.POSITIVE_INFINITY;
        taken.add(message.place);
        const values = [isFree ? message.place : null, ...valuesOf(message)];
        (isFree ? placed : last).push({ sql: ADD_MESSAGE, values });
        touched.add(message.conversation);
      }
      this.#last = { id: message.id, conversation: message.conversation };
    }
    if (touched.size === 0) return;
    await this.#storage.batch([...placed, ...last, ...[...touched].map((id) => ({ sql: COUNT, values: [id] }))]);
    for (const id of touched) await this.#changed(id);
  }

  /** Those of some conversations that there are and that are not deleted. */
  async #here(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const sql = 'select id from conversation where deleted_at is null and id in (select value from json_each(?))';
    return new Set((await this.#storage.query<{ id: string }>(sql, [JSON.stringify(ids)])).map(({ id }) => id));
  }
}

function cursorOf(after: string | undefined): [createdAt?: string, id?: string, sequence?: number] {
  if (after === undefined) return [];
  try {
    const [createdAt, id, sequence] = JSON.parse(after) as unknown[];
    if (typeof createdAt === 'string' && typeof id === 'string' && Number.isSafeInteger(sequence))
      return [createdAt, id, Number(sequence)];
  } catch {
    // It is told below.
  }
  throw new AicoError('CHAT_CURSOR_INVALID', { subject: after });
}

function conversationRecord(row: Row): ExportRecord {
  const data: ExportedConversation = {
    id: String(row['id']),
    title: String(row['title']),
    named: row['named'] === 1,
    createdAt: String(row['created_at']),
    updatedAt: String(row['updated_at']),
  };
  return { kind: 'conversations', data: { ...data } };
}

function messageRecord(row: Row): ExportRecord {
  const data = {
    id: row['id'],
    conversation: row['conversation'],
    place: row['sequence'],
    role: row['role'],
    status: row['status'],
    text: row['text'],
    createdAt: row['created_at'],
    ...(row['reply_to'] !== null && { replyTo: row['reply_to'] }),
    ...(JSON.parse(String(row['extra'])) as object),
  };
  return { kind: 'messages', data };
}

function valuesOf(message: ExportedMessage): SqlValue[] {
  const { id, conversation, role, status, text, createdAt, replyTo = null, place: _, ...extra } = message;
  const kept = status === 'streaming' ? 'stopped' : status;
  return [id, conversation, role, kept, text, createdAt, replyTo, JSON.stringify(extra)];
}
