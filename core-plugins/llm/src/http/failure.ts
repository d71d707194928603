import { AicoError, type HttpHead } from '@aico/sdk';
import type { Endpoint } from './endpoint.ts';

const MAX_PROBLEM_CHARACTERS = 160;
const MISSING =
  /not (?:be )?(?:found|exist|available|loaded)|(?:not|isn't|is not) a valid|does(?: not|n't) exist|unknown|no such/i;

/** What a server's refusal means for the user. */
export function failureOf(
  endpoint: Endpoint,
  { status, headers }: Pick<HttpHead, 'status' | 'headers'>,
  body: string,
  model: string | undefined,
): AicoError {
  const subject = endpoint.name;
  // What a server says of a key it refuses may repeat the key.
  if (status === 401 || status === 403) return new AicoError('LLM_UNAUTHORIZED', { subject, details: { status } });
  if (status === 429) {
    const when = waitOf(headers['retry-after'], Date.now());
    return new AicoError('LLM_RATE_LIMITED', { subject, details: { status, ...when } });
  }
  if (status >= 300 && status < 400)
    return failed(endpoint, 'it wants to send us to another address, which is refused');
  const said = sayingOf(body);
  if ((status === 404 || status === 400) && saysMissing(said) && model !== undefined) return missing(endpoint, model);
  return failed(endpoint, said === '' ? `it answered with status ${status}` : `it answered ${status}: ${said}`);
}

/** What an error means that a server reports within a reply that began well. */
export function failureWithin(endpoint: Endpoint, text: string, model: string): AicoError {
  const said = sayingOf(text);
  if (saysMissing(said)) return missing(endpoint, model);
  return failed(endpoint, said === '' ? 'it reported an error' : `it says: ${said}`);
}

function missing({ name }: Endpoint, model: string): AicoError {
  return new AicoError('LLM_MODEL_MISSING', { subject: name, details: { model } });
}

function saysMissing(said: string): boolean {
  return /model/i.test(said) && MISSING.test(said);
}

/** A failure that has no code of its own. */
export function failed(endpoint: Endpoint, problem: string): AicoError {
  return new AicoError('LLM_PROVIDER_FAILED', {
    subject: endpoint.name,
    details: { problem: harmless(problem, endpoint.apiKey) },
  });
}

/** The server's own words about an error, from the shapes in use. */
function sayingOf(body: string): string {
  try {
    const { error, message } = JSON.parse(body) as { error?: unknown; message?: unknown };
    if (typeof error === 'string') return error;
    if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

/** RFC 9110, Retry-After: seconds or a date. */
function waitOf(header: string | undefined, now: number): { when: string; retryAfterSeconds?: number } {
  const seconds = /^\d+$/.test(header ?? '') ? Number(header) : Math.ceil((Date.parse(header ?? '') - now) / 1000);
  if (!Number.isFinite(seconds) || seconds <= 0 || seconds > 86_400) return { when: 'in a minute' };
  const when = seconds < 90 ? `in ${seconds} seconds` : `in ${Math.ceil(seconds / 60)} minutes`;
  return { when, retryAfterSeconds: seconds };
}

/** Words of a stranger, made fit to be shown: short, on one line, without the key. */
function harmless(text: string, secret: string | undefined): string {
  const open = secret === undefined ? text : text.replaceAll(secret, '…');
  const line = open.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const short = line.length > MAX_PROBLEM_CHARACTERS ? `${line.slice(0, MAX_PROBLEM_CHARACTERS)}…` : line;
  return short.replace(/[.\s]+$/, '');
}
