import type { SqlToken } from './sql-tokens.ts';

/** Pragmas that tell and do not set. */
const PRAGMAS = new Set([
  'TABLE_INFO',
  'TABLE_XINFO',
  'TABLE_LIST',
  'INDEX_LIST',
  'INDEX_INFO',
  'INDEX_XINFO',
  'FOREIGN_KEY_LIST',
  'FOREIGN_KEY_CHECK',
]);
/**
 * Names by which SQL could reach raw pages, keys, files, native code, statements in a text, or storage's own tables.
 * libSQL comes with functions of which SQLite's own documentation says nothing; the tests go through all that it has.
 */
const FORBIDDEN =
  /^(_aico_.*|sqlite_dbpage|sqlite_crypt|sqlite_log|load_extension|sqlite3mc_.*|wxsqlite3_.*|fts3_tokenizer|readfile|writefile|lsmode|fsdir|carray|sha3_query)$/is;
/** Functions that write beyond their memory with bytes that are no text, or with large numbers. As names of columns they do no harm. */
const UNSAFE_CALLS = new Set([
  'charindex',
  'leftstr',
  'padc',
  'padl',
  'padr',
  'proper',
  'replicate',
  'reverse',
  'rightstr',
  'strfilter',
]);

export function isTellingName(name: string): boolean {
  return PRAGMAS.has(name);
}

/** The first name in a statement that is nobody's to use, if there is one. */
export function forbiddenName(tokens: readonly SqlToken[]): string | undefined {
  const found = tokens.find((token, at) => isForbidden(nameOf(token), tokens[at + 1]?.text === '('));
  return found && nameOf(found);
}

function isForbidden(name: string, isCall: boolean): boolean {
  if (name.startsWith('pragma_')) return !isTellingName(name.slice('pragma_'.length).toUpperCase());
  return FORBIDDEN.test(name) || (isCall && UNSAFE_CALLS.has(name));
}

/** What it names, in lower case: SQLite takes text for a name where only a name can be. */
function nameOf({ kind, text }: SqlToken): string {
  if (kind === 'string') return text.slice(1, -1).replaceAll("''", "'").toLowerCase();
  return kind === 'word' || kind === 'quoted' ? text.toLowerCase() : '';
}
