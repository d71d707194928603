import { AicoError } from '@aico/sdk';
import { forbiddenName, isTellingName } from './sql-names.ts';
import { readTokens, type SqlToken } from './sql-tokens.ts';

/** A statement that a plugin may run. */
export interface CheckedStatement {
  /** What is run: what a reader reads is worked out as a whole before its first row. */
  readonly sql: string;
  /** Whether it reads rows, changes rows, or defines tables. */
  readonly does: 'read' | 'change' | 'define';
  /** Whether it may run long by itself: it does more than to insert the values that come with it. */
  readonly heavy: boolean;
  /** How many values it takes. */
  readonly placeholders: number;
}

const READING = new Set(['SELECT', 'VALUES', 'EXPLAIN', 'PRAGMA']);
const CHANGING = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE']);
const INSERTING = new Set(['INSERT', 'REPLACE']);
/** Words among the values of an insertion that take no time; any other may call a function. */
const PLAIN_VALUES = new Set(['NULL', 'TRUE', 'FALSE']);
const MAINTAINING = new Set(['ANALYZE', 'REINDEX']);
const DEFINABLE: Readonly<Record<string, ReadonlySet<string>>> = {
  CREATE: new Set(['TABLE', 'INDEX', 'VIEW', 'TRIGGER', 'VIRTUAL']),
  DROP: new Set(['TABLE', 'INDEX', 'VIEW', 'TRIGGER']),
  ALTER: new Set(['TABLE']),
};
const VIRTUAL_TABLES = new Set(['FTS5', 'FTS5VOCAB', 'RTREE', 'GEOPOLY']);
const MOST_SHOWN = 40;

/** Splits SQL at its semicolons; those inside a trigger's body belong to it. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let begin: SqlToken[] = [];
  for (const token of readTokens(sql)) {
    if (token.text !== ';' || token.kind !== 'symbol') {
      begin.push(token);
    } else if (isOpenTrigger(begin)) {
      begin.push(token);
    } else {
      statements.push(textOf(sql, begin));
      begin = [];
    }
  }
  statements.push(textOf(sql, begin));
  return statements.filter((statement) => statement !== '');
}

/** Admits one statement of reading, changing or defining. @throws AicoError STORAGE_SQL_INVALID, STORAGE_SQL_DENIED */
export function checkStatement(plugin: string, sql: string): CheckedStatement {
  if (sql.includes('\u0000')) throw invalid(plugin, 'it holds a NUL character');
  const statements = splitStatements(sql);
  const [only] = statements;
  if (only === undefined) throw invalid(plugin, 'it is empty');
  if (statements.length > 1) throw invalid(plugin, 'it is more than one statement');
  const tokens = readTokens(only);
  const verb = verbOf(tokens);
  const denied = deniedPart(tokens, verb);
  if (denied !== undefined) {
    const statement = denied.replace(/[^\x20-\x7e]/g, '?').slice(0, MOST_SHOWN);
    throw new AicoError('STORAGE_SQL_DENIED', { subject: plugin, details: { statement } });
  }
  if (!isBalanced(tokens)) throw invalid(plugin, 'its brackets do not match');
  return {
    sql: verb === 'SELECT' || verb === 'VALUES' ? materialized(only) : only,
    does: READING.has(verb) ? 'read' : CHANGING.has(verb) ? 'change' : 'define',
    heavy: !insertsPlainValues(tokens, verb),
    placeholders: countPlaceholders(tokens),
  };
}

/**
 * Only a statement's first row is worked out on a thread of libSQL's own, where it can be stopped; the rest is worked out
 * where every plugin is served. So the first row has to wait for all the others.
 */
function materialized(sql: string): string {
  return `WITH _aico_answer AS MATERIALIZED (${sql}\n) SELECT * FROM _aico_answer`;
}

function isBalanced(tokens: readonly SqlToken[]): boolean {
  let depth = 0;
  for (const { kind, text } of tokens) {
    if (kind === 'symbol') depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    if (depth < 0) return false;
  }
  return depth === 0;
}

function insertsPlainValues(tokens: readonly SqlToken[], verb: string): boolean {
  if (!INSERTING.has(verb) || tokens[0]?.text !== verb) return false;
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && text === 'VALUES');
  const isPlain = ({ kind, text }: SqlToken): boolean =>
    !(kind === 'word' || kind === 'quoted') || PLAIN_VALUES.has(text);
  return at > 0 && tokens.slice(at + 1).every(isPlain);
}

/** The first keyword that says what is done: behind EXPLAIN and the common tables of WITH. */
function verbOf(tokens: readonly SqlToken[]): string {
  const [first] = tokens;
  // What looks like a keyword in quotes is a name.
  if (first?.kind !== 'word') return `"${first?.text ?? ''}"`;
  if (first.text !== 'WITH') return first.text;
  let depth = 0;
  for (const { kind, text } of tokens) {
    if (kind === 'symbol') depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    if (depth === 0 && kind === 'word' && (CHANGING.has(text) || text === 'SELECT' || text === 'VALUES')) return text;
  }
  return 'WITH';
}

/** What of a statement is not allowed, if anything. */
function deniedPart(tokens: readonly SqlToken[], verb: string): string | undefined {
  const forbidden = forbiddenName(tokens);
  if (forbidden !== undefined) return forbidden;
  if (verb === 'PRAGMA') return isTellingPragma(tokens) ? undefined : `PRAGMA ${tokens[1]?.text ?? ''}`;
  if (verb === 'EXPLAIN') return deniedExplain(tokens);
  const definable = DEFINABLE[verb];
  if (definable) return deniedDefinition(tokens, definable);
  return READING.has(verb) || CHANGING.has(verb) || MAINTAINING.has(verb) ? undefined : verb;
}

function deniedExplain(tokens: readonly SqlToken[]): string | undefined {
  const rest = tokens.slice(tokens[1]?.text === 'QUERY' ? 3 : 1);
  const verb = verbOf(rest);
  return verb === 'SELECT' || CHANGING.has(verb) ? undefined : `EXPLAIN ${verb}`;
}

function deniedDefinition(tokens: readonly SqlToken[], definable: ReadonlySet<string>): string | undefined {
  const at = tokens[1]?.text === 'UNIQUE' ? 2 : 1;
  const what = tokens[at]?.text ?? '';
  const named = `${tokens[0]?.text ?? ''} ${what}`;
  if (!definable.has(what)) return named;
  if (what !== 'VIRTUAL') return undefined;
  const using = tokens.findIndex(({ kind, text }) => kind === 'word' && text === 'USING');
  const module = tokens[using + 1]?.text ?? '';
  return using > 0 && VIRTUAL_TABLES.has(module.toUpperCase()) ? undefined : `${named} TABLE USING ${module}`;
}

function isTellingPragma(tokens: readonly SqlToken[]): boolean {
  const [, name, open, , close, more] = tokens;
  if (name?.kind !== 'word' || !isTellingName(name.text)) return false;
  return open === undefined || (open.text === '(' && close?.text === ')' && more === undefined);
}

/** As SQLite numbers them: `?` takes the next number, `?5` its own, a name one for all its uses. */
function countPlaceholders(tokens: readonly SqlToken[]): number {
  const named = new Set<string>();
  let highest = 0;
  for (const { kind, text } of tokens) {
    if (kind !== 'placeholder') continue;
    if (text === '?') highest += 1;
    else if (text.startsWith('?')) highest = Math.max(highest, Number(text.slice(1)));
    else if (!named.has(text)) {
      named.add(text);
      highest += 1;
    }
  }
  return highest;
}

function isOpenTrigger(tokens: readonly SqlToken[]): boolean {
  if (tokens[0]?.text !== 'CREATE' || tokens[1]?.text !== 'TRIGGER') return false;
  return !(tokens.at(-1)?.text === 'END' && tokens.at(-2)?.text === ';');
}

function textOf(sql: string, tokens: readonly SqlToken[]): string {
  return sql.slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0);
}

function invalid(plugin: string, problem: string): AicoError {
  return new AicoError('STORAGE_SQL_INVALID', { subject: plugin, details: { problem } });
}
