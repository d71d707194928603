import {
  type ForgetFound,
  type ForgetOrder,
  type ForgetSearch,
  type ForgotResult,
  findMention,
  type SqlStatement,
  type Storage,
} from '@aico/sdk';
import type { Meanings } from './meanings.ts';
import { WIPE_WORDS } from './memory-store.ts';

export interface ForgetPowers {
  readonly storage: Storage;
  readonly meanings: Meanings;
}

interface Row {
  readonly sequence: number;
  readonly id: string;
  readonly text: string;
  readonly said_at: string;
  readonly conversation: string;
}

const MOST_ITEMS = 2000;
const READ_AT_ONCE = 2000;
const MOST_CHARACTERS = 300;
const IN = 'in (select value from json_each(?))';
const MEANT = `id ${IN} or message ${IN} or conversation ${IN}`;

/** What is remembered of something: of messages and conversations, of a time, of somebody by name. */
export async function findRemembered({ storage }: ForgetPowers, search: ForgetSearch): Promise<ForgetFound> {
  const { memories = [], messages = [], conversations = [], names = [], from, to } = search;
  const found = new Map<string, Row>();
  const walk = async (condition: string, values: readonly string[], isMeant: (row: Row) => boolean): Promise<void> => {
    for (let after = 0; found.size <= MOST_ITEMS; ) {
      const rows = await storage.query<Row & Record<string, never>>(
        `select sequence, id, text, said_at, conversation from memory
         where sequence > ? and (${condition}) order by sequence limit ?`,
        [after, ...values, READ_AT_ONCE],
      );
      for (const row of rows) if (isMeant(row)) found.set(row.id, row);
      after = rows.at(-1)?.sequence ?? 0;
      if (rows.length < READ_AT_ONCE) return;
    }
  };
  if (memories.length + messages.length + conversations.length > 0)
    await walk(MEANT, listsOf({ memories, messages, conversations }), () => true);
  if (from !== undefined && to !== undefined)
    await walk('substr(said_at, 1, 23) >= ? and substr(said_at, 1, 23) < ?', [from, to].map(momentOf), () => true);
  if (names.length > 0) await walk('text <> ?', [''], ({ text }) => findMention(text, names) !== undefined);
  const items = [...found.values()].slice(0, MOST_ITEMS).map(({ id, text, said_at, conversation }) => {
    return { kind: 'memory', id, text: text.slice(0, MOST_CHARACTERS), when: said_at, conversation };
  });
  return { items, ...(found.size > MOST_ITEMS && { more: true }) };
}

/**
 * Removes memories with their words and meanings. What is on its way here from a message or a conversation that is forgotten
 * is not remembered any more.
 */
export async function removeRemembered({ storage, meanings }: ForgetPowers, order: ForgetOrder): Promise<ForgotResult> {
  const lists = listsOf(order);
  const rows = await storage.query<{ sequence: number }>(`select sequence from memory where ${MEANT}`, lists);
  const sequences = rows.map(({ sequence }) => sequence);
  const never: SqlStatement[] = [order.messages, order.conversations].map((ids) => ({
    sql: 'insert or ignore into forgotten select value, -1 from json_each(?)',
    values: [JSON.stringify(ids)],
  }));
  // First, so that nothing is left when this is cut short; and last, because the model may have read them meanwhile.
  await meanings.forget(sequences);
  const results = await storage.batch([
    ...never,
    { sql: `insert or ignore into forgotten select message, part from memory where ${MEANT}`, values: lists },
    { sql: `delete from memory where ${MEANT}`, values: lists },
    WIPE_WORDS,
  ]);
  await meanings.forget(sequences);
  return { kinds: [{ kind: 'memory', removed: results.at(-2)?.changes ?? 0 }] };
}

/** To the millisecond: a memory's own time goes on with the number of its part. */
function momentOf(time: string): string {
  return new Date(time).toISOString().slice(0, 23);
}

function listsOf({ memories, messages, conversations }: Pick<ForgetOrder, 'memories' | 'messages' | 'conversations'>) {
  return [memories, messages, conversations].map((ids) => JSON.stringify(ids));
}
