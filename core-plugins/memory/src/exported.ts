import type {
  ExportAdd,
  ExportAdded,
  ExportedForgotten,
  ExportedMemory,
  ExportOutcome,
  ExportPage,
  ExportRecord,
  SqlValue,
  Storage,
} from '@aico/sdk';

type Row = Readonly<Record<string, SqlValue>>;
type Kept = Pick<Storage, 'batch' | 'query'>;

const PAGE = 500;
const MOST_CHARACTERS = 400_000;
/** Pages of what was forgotten come after all memories. */
const FORGOTTEN = 'forgotten ';

const MEMORIES = `select * from (
    select sequence, id, text, said_at, conversation, message, part, asks, sum(length(text)) over (order by sequence) as filled
    from (select * from memory where sequence > ?1 order by sequence limit ?2))
  where filled <= ?3 or filled = length(text) order by sequence`;
const FORGOT = `select message, part from forgotten where (message, part) > (?1, ?2) order by message, part limit ?3`;
const TOTAL = 'select (select count(*) from memory) + (select count(*) from forgotten) as total';

/** What is asked for: of each record its id, its message, and which part of that it is. */
const ASKED = `(select key, json_extract(value, '$[0]') as id, json_extract(value, '$[1]') as said,
  json_extract(value, '$[2]') as nth from json_each(?)) asked`;
const ADD_MEMORY = `insert into memory (id, text, said_at, conversation, message, part, asks)
  values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`;
const ADD_FORGOTTEN = `insert or ignore into forgotten (message, part) select ?1, ?2
  where not exists (select 1 from memory where message = ?1 and (part = ?2 or ?2 = -1))`;

/** All memories, and then what was forgotten, so that an import does not bring it back. */
export async function readRemembered(storage: Kept, after: string | undefined): Promise<ExportPage> {
  const [count] = after === undefined ? await storage.query<{ total: number }>(TOTAL) : [];
  const total = count === undefined ? {} : { total: count.total };
  if (after === undefined || !after.startsWith(FORGOTTEN)) {
    const rows = await storage.query<Row>(MEMORIES, [Number(after ?? 0), PAGE, MOST_CHARACTERS]);
    const next = rows.length === 0 ? FORGOTTEN : String(rows.at(-1)?.['sequence']);
    return { records: rows.map(memoryRecord), next, ...total };
  }
  const [message = '', part = '-2'] = after.slice(FORGOTTEN.length).split('/');
  const rows = await storage.query<Row>(FORGOT, [message, Number(part), PAGE]);
  const records = rows.map(forgottenRecord);
  const last = records.at(-1)?.data['id'];
  return { records, ...(rows.length === PAGE && { next: `${FORGOTTEN}${String(last)}` }), ...total };
}

/** Adds what is not there and was not forgotten here; what is there stays as it is. */
export async function addRemembered(storage: Kept, { kind, records, dry }: ExportAdd): Promise<ExportAdded> {
  if (kind === 'memories') return addMemories(storage, records as unknown as ExportedMemory[], dry);
  if (kind === 'forgotten') return addForgotten(storage, records as unknown as ExportedForgotten[], dry);
  const refused: ExportOutcome = { is: 'refused', problem: `${kind} are nothing that memory keeps` };
  return { outcomes: records.map(() => refused) };
}

async function addMemories(storage: Kept, records: readonly ExportedMemory[], dry: boolean): Promise<ExportAdded> {
  const known = await which(
    storage,
    'select 1 from memory where id = asked.id or (message = said and part = nth)',
    records,
  );
  const gone = await which(storage, 'select 1 from forgotten where message = said and part in (nth, -1)', records);
  const outcomes = records.map((_, at): ExportOutcome => {
    if (known[at]) return { is: 'known' };
    return gone[at] ? { is: 'refused', problem: 'it was forgotten here' } : { is: 'new' };
  });
  const added = records.filter((_, at) => outcomes[at]?.is === 'new');
  if (!dry && added.length > 0)
    await storage.batch(
      added.map(({ id, text, when, conversation, message, part, asks }) => ({
        sql: ADD_MEMORY,
        values: [id, text, when, conversation, message, part, asks ? 1 : 0],
      })),
    );
  return { outcomes };
}

async function addForgotten(storage: Kept, records: readonly ExportedForgotten[], dry: boolean): Promise<ExportAdded> {
  const known = await which(storage, 'select 1 from forgotten where message = said and part = nth', records);
  const kept = await which(storage, 'select 1 from memory where message = said and nth in (part, -1)', records);
  const outcomes = records.map((_, at): ExportOutcome => {
    if (known[at]) return { is: 'known' };
    return kept[at] ? { is: 'refused', problem: 'it is remembered here' } : { is: 'new' };
  });
  if (!dry) await storage.batch(records.map(({ message, part }) => ({ sql: ADD_FORGOTTEN, values: [message, part] })));
  return { outcomes };
}

/** For which of some records there is such a row. */
async function which(
  storage: Kept,
  row: string,
  records: readonly { readonly id: string; readonly message: string; readonly part: number }[],
): Promise<boolean[]> {
  const rows = await storage.query<{ held: number }>(`select exists (${row}) as held from ${ASKED} order by key`, [
    JSON.stringify(records.map(({ id, message, part }) => [id, message, part])),
  ]);
  return rows.map(({ held }) => held === 1);
}

function memoryRecord(row: Row): ExportRecord {
  const data: ExportedMemory = {
    id: String(row['id']),
    text: String(row['text']),
    when: String(row['said_at']),
    conversation: String(row['conversation']),
    message: String(row['message']),
    part: Number(row['part']),
    asks: row['asks'] === 1,
  };
  return { kind: 'memories', data: { ...data } };
}

function forgottenRecord(row: Row): ExportRecord {
  const [message, part] = [String(row['message']), Number(row['part'])];
  const data: ExportedForgotten = { id: `${message}/${part}`, message, part };
  return { kind: 'forgotten', data: { ...data } };
}
