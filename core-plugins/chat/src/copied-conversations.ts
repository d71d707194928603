import {
  AicoError,
  type Bus,
  type ConversationRestored,
  type CopiedFiles,
  type CopyList,
  type CopyRestore,
  isAicoError,
  type KeptConversations,
  type SqlStatement,
  type SqlValue,
  type Storage,
} from '@aico/sdk';
import type { Attachments } from './attachments.ts';
import type { ConversationStore } from './conversation-store.ts';

const PAGE = 100;
const MOST_FILES = 20_000;
/** A large file is read, checked and encrypted anew. */
const FILE_TIMEOUT_MS = 10 * 60_000;
/** Where the column with the attachments stands among a message's. */
const EXTRA = 8;
const MESSAGES_AT_ONCE = 200;
/** What comes at once beyond the first message, so that it fits into one message on the bus. */
const MOST_CHARACTERS = 400_000;

const LIST = `select id, title, created_at, updated_at, messages from conversation
  where deleted_at is null and (?1 is null or updated_at < ?1) order by updated_at desc limit ?2`;
const CONVERSATION = `select id, title, named, created_at, updated_at from conversation
  where id = ? and deleted_at is null`;
const MESSAGES = `select sequence, id, conversation, role, status, text, created_at, reply_to, extra from (
    select *, sum(length(text) + length(extra)) over (order by sequence) as filled from (
      select * from message where conversation = ?1 and sequence > ?2 order by sequence limit ?3))
  where filled <= ?4 or filled = length(text) + length(extra) order by sequence`;

const FILES = `select distinct json_extract(attached.value, '$.id')
  from message, json_each(message.extra, '$.attachments') as attached where message.conversation = ?1 limit ?2`;

const ADD_CONVERSATION = `insert into conversation (id, title, named, created_at, updated_at)
  values (?1, ?2, ?3, ?4, ?5) on conflict (id) do update set deleted_at = null`;
const ADD_MESSAGE = `insert into message (sequence, id, conversation, role, status, text, created_at, reply_to, extra)
  select ?1, ?2, ?3, ?4, case ?5 when 'streaming' then 'stopped' else ?5 end, ?6, ?7, ?8, ?9
  where not exists (select 1 from message where id = ?2)`;
const COUNT = `update conversation set messages = (select count(*) from message where conversation = ?1) where id = ?1`;

export interface CopyPowers {
  readonly bus: Pick<Bus, 'request'>;
  readonly storage: Pick<Storage, 'batch' | 'query'>;
  readonly conversations: ConversationStore;
  readonly attachments: Pick<Attachments, 'expect'>;
}

/** Conversations in copies of the chat's database that were taken out of backups. */
export class CopiedConversations {
  readonly #bus: Pick<Bus, 'request'>;
  readonly #storage: Pick<Storage, 'batch' | 'query'>;
  readonly #conversations: ConversationStore;
  readonly #attachments: Pick<Attachments, 'expect'>;

  constructor({ bus, storage, conversations, attachments }: CopyPowers) {
    this.#bus = bus;
    this.#storage = storage;
    this.#conversations = conversations;
    this.#attachments = attachments;
  }

  /** Latest first, with how many messages of each there are now. @throws AicoError STORAGE_… */
  async list({ folder, before }: CopyList): Promise<KeptConversations> {
    const rows = await this.#read(folder, LIST, [before ?? null, PAGE + 1]);
    const ids = rows.map(([id]) => String(id));
    const marks = ids.map(() => '?').join();
    const sql = `select id, messages from conversation where deleted_at is null and id in (${marks})`;
    const now = await this.#storage.query<{ id: string; messages: number }>(sql, ids);
    const here = new Map(now.map(({ id, messages }) => [id, messages]));
    const conversations = rows.slice(0, PAGE).map(([id, title, createdAt, updatedAt, messages]) => {
      const count = here.get(String(id));
      const conversation = {
        id: String(id),
        title: String(title),
        createdAt: String(createdAt),
        updatedAt: String(updatedAt),
        messages: Number(messages),
      };
      return { conversation, ...(count !== undefined && { here: count }) };
    });
    const next = rows.length > PAGE ? conversations.at(-1)?.conversation.updatedAt : undefined;
    return { conversations, ...(next !== undefined && { next }) };
  }

  /** The files that a conversation's messages name. @throws AicoError STORAGE_… */
  async files({ folder, id }: CopyRestore): Promise<CopiedFiles> {
    return { files: (await this.#read(folder, FILES, [id, MOST_FILES])).map(([file]) => String(file)) };
  }

  /**
   * Brings a conversation back as it was, ids and order kept, with the files that lie beside the copy. What is there stays as it is;
   * only what is missing is added. Cut short, it goes on from there the next time.
   * @throws AicoError CHAT_CONVERSATION_UNKNOWN, STORAGE_…
   */
  async restore({ folder, id }: CopyRestore): Promise<ConversationRestored> {
    const [conversation] = await this.#read(folder, CONVERSATION, [id]);
    if (conversation === undefined) throw new AicoError('CHAT_CONVERSATION_UNKNOWN', { subject: id });
    const files = await this.#takeFiles(folder, id);
    let added = 0;
    let inPlace = true;
    for (let after = -1, more = true; more; ) {
      const rows = await this.#read(folder, MESSAGES, [id, after, MESSAGES_AT_ONCE, MOST_CHARACTERS]);
      const taken = await this.#taken(rows);
      const statements = rows.map((values): SqlStatement => {
        // Where another message has its place now, it comes last, and so does all that followed it: the order stays.
        inPlace &&= !taken.has(values[0]);
        const [place = null, ...rest] = withFiles(values, files);
        return { sql: ADD_MESSAGE, values: [inPlace ? place : null, ...rest] };
      });
      const results = await this.#storage.batch([
        { sql: ADD_CONVERSATION, values: [...conversation] },
        ...statements,
        { sql: COUNT, values: [id] },
      ]);
      added += results.slice(1, -1).reduce((sum, { changes }) => sum + changes, 0);
      after = Number(rows.at(-1)?.[0] ?? after);
      more = rows.length > 0;
    }
    return { conversation: await this.#conversations.get(id), added, files: files.size };
  }

  /** Keeps the files of a conversation before any message names them, and tells what each is called here. */
  async #takeFiles(folder: string, id: string): Promise<ReadonlyMap<string, string>> {
    const taken = new Map<string, string>();
    for (const file of (await this.files({ folder, id })).files) {
      try {
        const blob = await this.#attachments.expect(() =>
          this.#bus.request('blob.copy.take.v1', { folder, id: file }, { timeoutMs: FILE_TIMEOUT_MS }),
        );
        taken.set(file, blob.id);
      } catch (error) {
        // A file that was gone by the time of the backup does not come back.
        if (!isAicoError(error, 'BLOB_UNKNOWN')) throw error;
      }
    }
    return taken;
  }

  /** The places of messages at which another one stands now. */
  async #taken(rows: readonly SqlValue[][]): Promise<ReadonlySet<unknown>> {
    const ids = new Map(rows.map(([sequence = null, id]) => [sequence, id]));
    const sql = `select sequence, id from message where sequence in (${rows.map(() => '?').join()})`;
    const found = await this.#storage.query<{ sequence: number; id: string }>(sql, [...ids.keys()]);
    return new Set(found.filter(({ sequence, id }) => ids.get(sequence) !== id).map(({ sequence }) => sequence));
  }

  async #read(folder: string, sql: string, values: SqlValue[]): Promise<readonly SqlValue[][]> {
    const { results } = await this.#bus.request('storage.copy.query.v1', { folder, statements: [{ sql, values }] });
    return results[0]?.rows ?? [];
  }
}

/** A message that names its files as they are called here: another vault calls them otherwise. */
function withFiles(values: readonly SqlValue[], files: ReadonlyMap<string, string>): SqlValue[] {
  const text = values[EXTRA];
  const isAnyOther = [...files].some(([there, here]) => there !== here);
  if (!isAnyOther || typeof text !== 'string') return [...values];
  const extra = JSON.parse(text) as { attachments?: { id: string }[] };
  if (extra.attachments === undefined) return [...values];
  const attachments = extra.attachments.map((each) => ({ ...each, id: files.get(each.id) ?? each.id }));
  return values.with(EXTRA, JSON.stringify({ ...extra, attachments }));
}
