import { AicoError } from './aico-error.ts';

/** A literal topic that `parseTopic` accepted, e.g. `chat.message.created.v1`. */
export type Topic = string & { readonly __brand: 'Topic' };
/** A pattern that `parsePattern` accepted: `*` stands for one token, `>` for one or more, last only. */
export type Pattern = string & { readonly __brand: 'Pattern' };

export const MAX_TOPIC_BYTES = 255;
export const MAX_TOPIC_TOKENS = 16;

const TOKEN = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const FOREIGN = /[^\p{ASCII}]/u;
const VERSION = /^v[1-9][0-9]{0,4}$/;

function tokensOf(text: string): string[] {
  // The length is checked first: everything after it costs at most 255 characters.
  if (text.length === 0 || text.length > MAX_TOPIC_BYTES) throw malformed(text);
  const tokens = text.split('.');
  if (tokens.length > MAX_TOPIC_TOKENS) throw malformed(text);
  return tokens;
}

function malformed(text: string): AicoError {
  return new AicoError('KERNEL_TOPIC_MALFORMED', { subject: printable(text) });
}

/** Shortens a hostile text and keeps control characters out of logs. */
function printable(text: string): string {
  return text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?');
}

/**
 * A frame has room for 255 bytes of a topic, and one byte for each character: of any that is not ASCII it would keep the half, and a
 * look-alike would arrive as the real topic. The kernel judges all else. @throws AicoError KERNEL_TOPIC_MALFORMED
 */
export function assertFitsFrame(text: string): void {
  if (text.length > MAX_TOPIC_BYTES || FOREIGN.test(text)) throw malformed(text);
}

/** Parses a literal topic. @throws AicoError KERNEL_TOPIC_MALFORMED */
export function parseTopic(text: string): Topic {
  const tokens = tokensOf(text);
  if (!tokens.every((token) => TOKEN.test(token))) throw malformed(text);
  if (tokens.length < 2 || !VERSION.test(tokens[tokens.length - 1] ?? '')) throw malformed(text);
  return text as Topic;
}

/** Parses a topic or a pattern. @throws AicoError KERNEL_TOPIC_MALFORMED */
export function parsePattern(text: string): Pattern {
  const tokens = tokensOf(text);
  const last = tokens.length - 1;
  tokens.forEach((token, index) => {
    const fits = token === '*' || (token === '>' && index === last) || TOKEN.test(token);
    if (!fits) throw malformed(text);
  });
  const end = tokens[last] ?? '';
  if (end !== '*' && end !== '>' && !VERSION.test(end)) throw malformed(text);
  return text as Pattern;
}

/** Whether a pattern holds a wildcard. */
export function isWildcard(pattern: string): boolean {
  return pattern.includes('*') || pattern.endsWith('>');
}

/** Whether a literal topic lies in a pattern. Reserved roots are the caller's rule: see `isReserved`. */
export function matches(pattern: Pattern, topic: Topic): boolean {
  return contains(pattern, topic as unknown as Pattern);
}

/** Whether every topic of `inner` is a topic of `outer`. */
export function contains(outer: Pattern, inner: Pattern): boolean {
  const a = outer.split('.');
  const b = inner.split('.');
  for (let index = 0; index < a.length; index++) {
    const want = a[index];
    const have = b[index];
    if (want === '>') return b.length > index;
    if (have === undefined || have === '>') return false;
    if (want !== '*' && want !== have) return false;
  }
  return a.length === b.length;
}

/** Whether some topic lies in both patterns. */
export function overlaps(one: Pattern, other: Pattern): boolean {
  const a = one.split('.');
  const b = other.split('.');
  for (let index = 0; ; index++) {
    const x = a[index];
    const y = b[index];
    if (x === undefined || y === undefined) return x === y;
    if (x === '>' || y === '>') return true;
    if (x !== '*' && y !== '*' && x !== y) return false;
  }
}

/** The owner of `plugin.<id>.…`, or undefined for every other topic. */
export function topicOwner(topic: string): string | undefined {
  if (!topic.startsWith('plugin.')) return undefined;
  return topic.split('.')[1];
}

/** Whether only a literal grant reaches the topic: the kernel's own root. */
export function isReserved(topic: string): boolean {
  return topic.startsWith('kernel.');
}
