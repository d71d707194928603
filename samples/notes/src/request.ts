/** What somebody who types `/note …` wants. */
export type NoteRequest =
  | { readonly kind: 'recent' }
  | { readonly kind: 'tags' }
  | { readonly kind: 'read'; readonly number: number }
  | { readonly kind: 'delete'; readonly number: number }
  | { readonly kind: 'change'; readonly number: number; readonly text: string }
  | { readonly kind: 'find'; readonly words: string }
  | { readonly kind: 'write'; readonly text: string };

/** Reads what was typed after `/note`. Everything that is not a question is a note to keep. */
export function parseRequest(typed: string): NoteRequest {
  const text = typed.trim();
  if (text === '') return { kind: 'recent' };
  if (/^tags$/i.test(text)) return { kind: 'tags' };
  const [, number] = /^(\d{1,9})$/.exec(text) ?? [];
  if (number !== undefined) return { kind: 'read', number: Number(number) };
  const [, doomed] = /^delete\s+(\d{1,9})$/i.exec(text) ?? [];
  if (doomed !== undefined) return { kind: 'delete', number: Number(doomed) };
  const [, changed, better = ''] = /^change\s+(\d{1,9})\s+([\s\S]+)$/i.exec(text) ?? [];
  if (changed !== undefined) return { kind: 'change', number: Number(changed), text: better };
  const [, words] = /^find(?:\s+([\s\S]+))?$/i.exec(text) ?? [];
  if (/^find(\s|$)/i.test(text)) return { kind: 'find', words: words ?? '' };
  return { kind: 'write', text };
}

/** `#shopping`, each once, as they are written. */
export function tagsOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/(?<![\p{L}\p{N}_#&/])#([\p{L}][\p{L}\p{N}_-]*)/gu)].map(([tag]) => tag))];
}

/** An FTS5 query for notes that hold every word, the last one perhaps begun; undefined when there is none. */
export function queryOf(words: string): string | undefined {
  const found = words.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (found.length === 0) return undefined;
  return found.map((word, at) => `"${word}"${at === found.length - 1 ? '*' : ''}`).join(' ');
}
