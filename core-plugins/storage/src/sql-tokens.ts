/** A token of SQL text, as SQLite reads it. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'placeholder' | 'symbol';
  /** Words in upper case; quoted names without their quotes; everything else as written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /[ \t\n\f\r\v\ufeff]+|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/y;
const WORD = /[A-Za-z_\u0080-\ufffe][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /[0-9][0-9A-Za-z_.]*|\.[0-9][0-9A-Za-z_]*/y;
const PLACEHOLDER = /\?[0-9]*|[:@$#][A-Za-z0-9_$\u0080-\uffff]+/y;
const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };

/** Splits SQL into tokens, without white space and comments. An unclosed quote reaches to the end, as it does for SQLite. */
export function readTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length; ) {
    const space = match(SPACE, sql, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = readQuoted(sql, at) ?? readPlain(sql, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function readQuoted(sql: string, start: number): SqlToken | undefined {
  const blob = match(/[xX](?=')/y, sql, start);
  const open = start + (blob?.length ?? 0);
  const close = CLOSING[sql[open] ?? ''];
  if (close === undefined) return undefined;
  const end = endOfQuote(sql, open + 1, close);
  if (close === "'") return { kind: 'string', text: sql.slice(start, end), start, end };
  const text = sql.slice(open + 1, end - 1).replaceAll(close + close, close);
  return { kind: 'quoted', text, start, end };
}

function readPlain(sql: string, start: number): SqlToken {
  for (const [kind, pattern] of [
    ['word', WORD],
    ['number', NUMBER],
    ['placeholder', PLACEHOLDER],
  ] as const) {
    const text = match(pattern, sql, start);
    if (text !== undefined)
      return { kind, text: kind === 'word' ? text.toUpperCase() : text, start, end: start + text.length };
  }
  return { kind: 'symbol', text: sql[start] ?? '', start, end: start + 1 };
}

/** The position behind the closing quote; a doubled quote stands for itself, but a bracket does not double. */
function endOfQuote(sql: string, from: number, close: string): number {
  for (let at = from; at < sql.length; at += 1) {
    if (sql[at] !== close) continue;
    if (close === ']' || sql[at + 1] !== close) return at + 1;
    at += 1;
  }
  return sql.length;
}

function match(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}
