import { AicoError } from '@aico/sdk';
import { addressOf, type Endpoint } from './endpoint.ts';
import { failed, failureOf } from './failure.ts';
import { Silence } from './silence.ts';

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BODY_BYTES = 64 * 1024;

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
  using silence = new Silence(question.silenceMs);
  const signal = AbortSignal.any([question.signal, silence.signal]);
  const response = await send(endpoint, question, signal).catch((error: unknown) => {
    throw translate(error, endpoint, question, silence, 'LLM_UNREACHABLE');
  });
  try {
    if (!response.ok) throw failureOf(endpoint, response, await readError(response), question.model);
    yield* readText(endpoint, response, silence);
  } catch (error) {
    throw translate(error, endpoint, question, silence, 'LLM_CUT_OFF');
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

function send(endpoint: Endpoint, question: Question, signal: AbortSignal): Promise<Response> {
  const headers = new Headers({ accept: 'application/json, text/event-stream' });
  if (endpoint.apiKey !== undefined) headers.set('authorization', `Bearer ${endpoint.apiKey}`);
  // A redirect would carry the conversation, and perhaps the key, to a place that nobody chose.
  const common = { headers, signal, redirect: 'manual' } as const;
  const address = addressOf(endpoint.url, question.path);
  if (question.body === undefined) return fetch(address, common);
  headers.set('content-type', 'application/json');
  return fetch(address, { ...common, method: 'POST', body: JSON.stringify(question.body) });
}

async function* readText(endpoint: Endpoint, response: Response, silence: Silence): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    silence.pause();
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw failed(endpoint, 'it sent more than a reply can hold');
    yield decoder.decode(chunk, { stream: true });
    silence.resume();
  }
  yield decoder.decode();
}

async function readError(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ERROR_BODY_BYTES) break;
  }
  return text;
}

/** What went wrong below HTTP. The cause is left out: what `fetch` throws may quote headers, and so the key. */
function translate(
  error: unknown,
  endpoint: Endpoint,
  question: Question,
  silence: Silence,
  otherwise: 'LLM_UNREACHABLE' | 'LLM_CUT_OFF',
): unknown {
  if (error instanceof AicoError || question.signal.aborted) return error;
  const seconds = Math.ceil(question.silenceMs / 1000);
  if (silence.signal.aborted) return new AicoError('LLM_TIMED_OUT', { subject: endpoint.name, details: { seconds } });
  return new AicoError(otherwise, { subject: endpoint.name, details: { url: endpoint.url } });
}
