/** What somebody who types `/diary …` wants. */
export type DiaryRequest =
  | { readonly kind: 'recent' }
  | { readonly kind: 'read'; readonly day: string }
  | { readonly kind: 'search'; readonly words: string }
  | { readonly kind: 'write'; readonly text: string };

export const MAX_LINE_CHARACTERS = 500;

/** Reads what was typed after `/diary`. Everything that is not a question is a line to keep. */
export function parseRequest(typed: string): DiaryRequest {
  const text = typed.replace(/\s+/g, ' ').trim();
  if (text === '') return { kind: 'recent' };
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return { kind: 'read', day: text };
  const search = /^search(?: (.+))?$/i.exec(text);
  if (search !== null) return { kind: 'search', words: search[1] ?? '' };
  return { kind: 'write', text };
}
