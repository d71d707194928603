import { isAicoError } from '@aico/schemas';
import { isRecord } from '../is-record.ts';
import { printable } from '../printable.ts';

export const REDACTED = '[redacted]';
export const OMITTED = '[omitted]';

/** Keys whose values are secrets, compared without case and separators. */
const SECRET_KEY =
  /^(key|keys|pass|passwd|pwd|pin|auth|csrf|session|cookies?|setcookie|credentials?|masterkey|.*(password|passphrase|secret|token|apikey|privatekey|secretkey|accesskey|encryptionkey|authorization|cookie|credentials))$/;
/** Keys under which messages and conversations travel: they belong to the user, not in a log. */
const CONTENT_KEY = /^(payload|data|body|prompt|messages|content|text|completion)$/;
/** Secrets inside of texts: credentials of HTTP, of URLs, of assignments, and tokens of well-known makes. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer\s+[A-Za-z0-9._~+/=-]{6,}|basic\s+[A-Za-z0-9+/=]{8,})/gi, REDACTED],
  [/\/\/[^\s/:@]+:[^\s/@]+@/g, `//${REDACTED}@`],
  [
    /\b(password|passphrase|secret|token|api[-_]?key|authorization)(["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
    `$1$2${REDACTED}`,
  ],
  [/\b(sk|pk|rk|ghp|gho|xox[abp])[-_][A-Za-z0-9_-]{12,}/g, REDACTED],
];

const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
const MAX_TEXT = 4000;

/** A copy of log fields without secrets and without what was said, bounded in depth and size. */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactRecord(fields, 0);
}

/** A text without the secrets that can be told by their form, and without what would play tricks on a terminal. */
export function redactText(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return SECRET_TEXT.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), printable(short));
}

function redactRecord(record: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  const entries = Object.entries(record).slice(0, MAX_ITEMS);
  return Object.fromEntries(entries.map(([key, value]) => [printable(key), redactKey(key, value, depth)]));
}

function redactKey(key: string, value: unknown, depth: number): unknown {
  const plain = key.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  if (value !== undefined && typeof value !== 'boolean') {
    if (SECRET_KEY.test(plain)) return REDACTED;
    if (CONTENT_KEY.test(plain)) return OMITTED;
  }
  return redactValue(value, depth + 1);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return OMITTED;
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactValue(item, depth + 1));
  if (value instanceof Map || value instanceof Set) return `[${value.size} items]`;
  return isRecord(value) ? redactRecord(value, depth) : OMITTED;
}

/** An error of the table is explained by itself; any other needs its stack. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const cause = error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1) };
  const parts = error instanceof AggregateError ? { errors: redactValue(error.errors, depth + 1) } : {};
  const message = redactText(error.message);
  if (isAicoError(error))
    return { code: error.code, subject: error.subject, message, fix: error.fix, ...cause, ...parts };
  return { type: error.name, message, stack: redactText(error.stack ?? ''), ...cause, ...parts };
}
