import {
  AicoError,
  type BusStream,
  type HttpChunk,
  type HttpHead,
  type HttpStream,
  type HttpStreamed,
} from '@aico/sdk';
import { addressOf, type Endpoint } from './endpoint.ts';
import { failed, failureOf } from './failure.ts';

/** The network's own silence ends first: its error knows more than the bus's. */
const MARGIN_MS = 5_000;
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** Asks the network for a stream. */
export type OpenStream = (
  asked: HttpStream,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
) => BusStream<HttpChunk, HttpStreamed>;

/** One question to a model server. */
export interface Question {
  readonly path: string;
  /** Sent as JSON by POST; a GET without it. */
  readonly body?: unknown;
  /** The model that is asked for, to tell when it is the one that is missing. */
  readonly model?: string;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** Asks a model server and yields what it answers as text, as it comes. @throws AicoError LLM_… */
export async function* exchange(endpoint: Endpoint, question: Question): AsyncGenerator<string, void, void> {
  let head: HttpHead | undefined;
  try {
    const stream = send(endpoint, question);
    const decoder = new TextDecoder();
    let error = '';
    for await (const chunk of stream) {
      if (chunk.kind === 'head') head = chunk;
      else if (isGood(head)) yield textOf(chunk, decoder);
      else error += textOf(chunk, decoder);
      if (error.length > MAX_ERROR_BODY_BYTES) break;
    }
    if (head !== undefined && !isGood(head)) throw failureOf(endpoint, head, error, question.model);
    await stream.result;
    yield decoder.decode();
  } catch (error) {
    throw translate(error, endpoint, question, head === undefined ? 'LLM_UNREACHABLE' : 'LLM_CUT_OFF');
  }
}

/** The whole answer as JSON. */
export async function ask(endpoint: Endpoint, question: Question): Promise<unknown> {
  let text = '';
  for await (const piece of exchange(endpoint, question)) text += piece;
  return parseJson(endpoint, text);
}

/** @throws AicoError LLM_PROVIDER_FAILED */
export function parseJson(endpoint: Endpoint, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw failed(endpoint, 'what it sent cannot be read');
  }
}

function send(endpoint: Endpoint, { path, body, silenceMs, signal }: Question): BusStream<HttpChunk, HttpStreamed> {
  const headers: Record<string, string> = { accept: 'application/json, text/event-stream' };
  if (endpoint.apiKey !== undefined) headers.authorization = `Bearer ${endpoint.apiKey}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const asked: HttpStream = {
    url: addressOf(endpoint.url, path),
    headers,
    // A redirect would carry the conversation, and perhaps the key, to a place that nobody chose.
    redirect: 'manual',
    timeoutMs: Math.max(silenceMs, 100),
    ...(body === undefined ? {} : { method: 'POST', text: JSON.stringify(body) }),
  };
  return endpoint.open(asked, { signal, timeoutMs: silenceMs + MARGIN_MS });
}

function isGood(head: HttpHead | undefined): boolean {
  return head !== undefined && head.status >= 200 && head.status < 300;
}

/** A character may lie on both sides of a cut. */
function textOf(chunk: Exclude<HttpChunk, HttpHead>, decoder: TextDecoder): string {
  const bytes = chunk.kind === 'text' ? Buffer.from(chunk.text) : Buffer.from(chunk.base64, 'base64');
  return decoder.decode(bytes, { stream: true });
}

/** What went wrong below the protocol, in words about model servers. */
function translate(
  error: unknown,
  endpoint: Endpoint,
  { signal, silenceMs }: Question,
  otherwise: 'LLM_UNREACHABLE' | 'LLM_CUT_OFF',
): unknown {
  const { name, url } = endpoint;
  if (!(error instanceof AicoError) || signal.aborted) return error;
  switch (error.code) {
    case 'NET_TIMED_OUT':
      return new AicoError('LLM_TIMED_OUT', { subject: name, details: { seconds: Math.ceil(silenceMs / 1000) } });
    case 'NET_RESPONSE_TOO_LARGE':
      return failed(endpoint, 'it sent more than a reply can hold');
    case 'NET_UNREACHABLE':
    case 'NET_NAME_UNKNOWN':
    case 'NET_CUT_OFF':
    case 'NET_RESPONSE_INVALID':
      return new AicoError(otherwise, { subject: name, details: { url } });
    default:
      return error;
  }
}
