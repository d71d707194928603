import { readTokens } from './sql-tokens.ts';

/** A row of `sqlite_schema`. */
export interface Definition {
  readonly type: string;
  readonly sql: string;
}

/** Words of a table that computes, checks or follows something when a row comes, or whose rows are a module's to keep. */
const WORKING = new Set(['AS', 'CHECK', 'REFERENCES', 'VIRTUAL']);

/** Whether an insertion into a table does nothing but insert, as far as this definition goes; rather no than a wrong yes. */
export function isPlain({ type, sql }: Definition): boolean {
  // Into a view goes only what a trigger takes.
  if (type === 'view') return true;
  if (type === 'trigger') return false;
  let depth = 0;
  let before = '';
  for (const { kind, text } of readTokens(sql)) {
    if (kind === 'symbol') depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    const computes =
      type === 'index' ? depth > 1 || (kind === 'word' && text === 'WHERE') : kind === 'word' && WORKING.has(text);
    if (computes || (before === 'DEFAULT' && text === '(')) return false;
    before = kind === 'word' ? text : '';
  }
  return true;
}
