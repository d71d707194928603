import type {
  ExportAdd,
  ExportAdded,
  ExportOutcome,
  ExportPage,
  ForgetFound,
  ForgetItem,
  ForgetOrder,
  ForgetSearch,
  ForgotResult,
} from '@aico/schemas';
import type { Bus } from '../bus.ts';
import { findMention } from '../mentions.ts';
import type { KeptRecord, RecordKind, Records } from '../records.ts';

const MOST_ITEMS = 2000;
/** JSON of so many characters fits into a message of a plugin, whatever they are. */
const MOST_CHARACTERS = 250_000;
const EXCERPT = { characters: 300, before: 100 };
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;
const MOST_ID = 60;

/** ctx.records: the topics of forgetting and export, answered from one declaration. */
export function createRecords(bus: Bus, plugin: string): Records {
  return {
    serve: async (kinds) => {
      const undo = [
        await bus.serve(`plugin.${plugin}.forget.find.v1`, ({ data }) => findRecords(kinds, data)),
        await bus.serve(`plugin.${plugin}.forget.run.v1`, ({ data }) => removeRecords(kinds, data)),
        await bus.serve(`plugin.${plugin}.export.read.v1`, ({ data }) => readRecords(kinds, data.after)),
      ];
      if (kinds.some(({ add }) => add !== undefined))
        undo.push(await bus.serve(`plugin.${plugin}.export.add.v1`, ({ data }) => addRecords(kinds, data)));
      return async () => {
        for (const each of undo.reverse()) await each();
      };
    },
  };
}

async function findRecords(kinds: readonly RecordKind[], search: ForgetSearch): Promise<ForgetFound> {
  const { names = [], conversations = [], from } = search;
  const items: ForgetItem[] = [];
  let characters = 0;
  // Of single messages and memories no record is known to be made.
  if (names.length === 0 && conversations.length === 0 && from === undefined) return { items };
  for (const kind of kinds)
    for await (const record of walk(kind)) {
      const at = placeOf(record, search);
      if (at === undefined) continue;
      const item = itemOf(kind, record, at);
      characters += JSON.stringify(item).length;
      if (items.length === MOST_ITEMS || characters > MOST_CHARACTERS) return { items, more: true };
      items.push(item);
    }
  return { items };
}

/** What was made last goes first, as days of a habit before the habit: each is counted as what it is. */
async function removeRecords(kinds: readonly RecordKind[], order: ForgetOrder): Promise<ForgotResult> {
  const { others, conversations } = order;
  const removed: ForgotResult['kinds'] = [];
  for (const kind of kinds.toReversed()) {
    const prefix = `${kind.one}/`;
    const ids = new Set(others.flatMap((id) => (id.startsWith(prefix) ? [id.slice(prefix.length)] : [])));
    if (conversations.length > 0)
      for await (const { id, conversation } of walk(kind))
        if (conversation !== undefined && conversations.includes(conversation)) ids.add(id);
    removed.unshift({ kind: kind.one, removed: ids.size === 0 ? 0 : await kind.remove([...ids]) });
  }
  return { kinds: removed };
}

async function readRecords(kinds: readonly RecordKind[], after: string | undefined): Promise<ExportPage> {
  const [, many = kinds[0]?.many, id] = /^(\S+) (.+)$/s.exec(after ?? '') ?? [];
  const first = kinds.findIndex((kind) => kind.many === many);
  if (first === -1) throw new Error(`there is no page behind "${after}"`);
  for (const [at, kind] of kinds.slice(first).entries()) {
    const records = fitting(await kind.read(at === 0 ? id : undefined));
    const last = records.at(-1);
    if (last === undefined) continue;
    return { records: records.map((data) => ({ kind: kind.many, data })), next: `${kind.many} ${last.id}` };
  }
  return { records: [] };
}

async function addRecords(kinds: readonly RecordKind[], { kind, records, dry }: ExportAdd): Promise<ExportAdded> {
  const taker = kinds.find(({ many }) => many === kind);
  const outcomes: ExportOutcome[] = [];
  for (const record of records) {
    const problem = taker?.add === undefined ? `${kind} are not taken back` : problemOf(record);
    outcomes.push(
      problem === undefined && taker?.add !== undefined
        ? await taker.add(record as unknown as KeptRecord, dry)
        : { is: 'refused', ...(problem !== undefined && { problem: problem.slice(0, 300) }) },
    );
  }
  return { outcomes };
}

async function* walk(kind: RecordKind): AsyncGenerator<KeptRecord> {
  for (let after: string | undefined; ; ) {
    const records = await kind.read(after);
    yield* records;
    after = records.at(-1)?.id;
    if (after === undefined) return;
  }
}

/** Where to look at a record that is meant: at the name that it mentions, or its beginning; undefined when it is not meant. */
function placeOf({ text, when, conversation }: KeptRecord, search: ForgetSearch): number | undefined {
  const { names = [], conversations = [], from, to } = search;
  const mention = names.length === 0 ? undefined : findMention(text, names);
  if (mention !== undefined) return mention;
  const time = Date.parse(when);
  const isOfPeriod = from !== undefined && to !== undefined && time >= Date.parse(from) && time < Date.parse(to);
  return isOfPeriod || (conversation !== undefined && conversations.includes(conversation)) ? 0 : undefined;
}

/** Ids are told with their kind: an order to remove names nothing else. */
function itemOf({ one }: RecordKind, { id, text, when, conversation }: KeptRecord, at: number): ForgetItem {
  const from = at < EXCERPT.characters - EXCERPT.before ? 0 : at - EXCERPT.before;
  const excerpt = text.slice(from, from + EXCERPT.characters).toWellFormed();
  return { kind: one, id: `${one}/${id}`, text: excerpt, when, ...(conversation !== undefined && { conversation }) };
}

/** As many as fit into one answer, and one at least. */
function fitting(records: readonly KeptRecord[]): readonly KeptRecord[] {
  let characters = 0;
  const end = records.findIndex((record) => {
    const before = characters;
    characters += JSON.stringify(record).length;
    return before > 0 && characters > MOST_CHARACTERS;
  });
  return end === -1 ? records : records.slice(0, end);
}

function problemOf({ id, when, text, conversation }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof id !== 'string' || id === '' || id.length > MOST_ID) return 'it has no id';
  if (typeof when !== 'string' || !TIME.test(when) || Number.isNaN(Date.parse(when))) return 'it has no time';
  if (typeof text !== 'string') return 'it has no text';
  return conversation === undefined || typeof conversation === 'string' ? undefined : 'its conversation is no text';
}
