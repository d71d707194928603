import { AicoError } from '@aico/sdk';
import { createParser } from 'eventsource-parser';
import type { Endpoint } from '../http/endpoint.ts';
import { ask, exchange, parseJson } from '../http/exchange.ts';
import { failed, failureWithin } from '../http/failure.ts';
import { at, countAt, namesIn, textAt } from '../http/fields.ts';
import type { Ending, ModelServer, Prompt } from '../model-server.ts';
import { assemble } from '../prompt.ts';
import { CallPieces, openAiMessage, toolList } from './tool-calls.ts';

const MAX_EVENT_CHARACTERS = 1024 * 1024;

/** Any server that speaks OpenAI's chat completions: llama.cpp, LM Studio, vLLM, OpenRouter, … */
export class OpenAiServer implements ModelServer {
  readonly kind = 'openai';
  readonly #endpoint: Endpoint;
  readonly #silenceMs: number;

  constructor(endpoint: Endpoint, silenceMs: number) {
    this.#endpoint = { ...endpoint, url: withVersion(endpoint.url) };
    this.#silenceMs = silenceMs;
  }

  async models(signal: AbortSignal): Promise<readonly string[]> {
    const list = await ask(this.#endpoint, { path: 'models', silenceMs: this.#silenceMs, signal });
    if (!Array.isArray(at(list, 'data'))) throw failed(this.#endpoint, 'it does not answer as OpenAI does');
    return namesIn(at(list, 'data'), 'id');
  }

  async *generate(prompt: Prompt, signal: AbortSignal): AsyncGenerator<string, Ending, void> {
    const endpoint = this.#endpoint;
    const { model } = prompt;
    const question = { path: 'chat/completions', body: bodyOf(prompt), model, silenceMs: this.#silenceMs, signal };
    const calls = new CallPieces();
    let ending: Ending | undefined;
    for await (const data of eventsOf(endpoint, exchange(endpoint, question))) {
      if (data === '[DONE]') return calls.endingOf(ending ?? { finish: 'stop' });
      const part = parseJson(endpoint, data);
      // Some servers send `"error": null` with every part.
      if ((at(part, 'error') ?? undefined) !== undefined) throw failureWithin(endpoint, data, model);
      const text = textAt(part, 'choices', 0, 'delta', 'content');
      if (text !== '') yield text;
      calls.add(at(part, 'choices', 0, 'delta', 'tool_calls'));
      ending = endingOf(part, ending);
    }
    // Some servers say why they finished and leave out the closing line.
    if (ending !== undefined) return calls.endingOf(ending);
    throw new AicoError('LLM_CUT_OFF', { subject: endpoint.name });
  }
}

/** The data of each server-sent event. */
async function* eventsOf(endpoint: Endpoint, pieces: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  let arrived: string[] = [];
  let tooLong = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ data }) => arrived.push(data),
    onError: ({ type }) => {
      tooLong ||= type === 'max-buffer-size-exceeded';
    },
  });
  for await (const piece of pieces) {
    parser.feed(piece);
    if (tooLong) throw failed(endpoint, 'it sent a line without end');
    const ready = arrived;
    arrived = [];
    yield* ready;
  }
}

function bodyOf(prompt: Prompt): unknown {
  return {
    model: prompt.model,
    stream: true,
    stream_options: { include_usage: true },
    messages: assemble(prompt).map(openAiMessage),
    tools: toolList(prompt),
    max_tokens: prompt.maxTokens,
    temperature: prompt.temperature,
    seed: prompt.seed,
  };
}

/** The usage comes with the reason to finish, or in an event of its own after it. */
function endingOf(part: unknown, before: Ending | undefined): Ending | undefined {
  const reason = textAt(part, 'choices', 0, 'finish_reason');
  const promptTokens = countAt(part, 'usage', 'prompt_tokens');
  const completionTokens = countAt(part, 'usage', 'completion_tokens');
  if (reason === '' && (before === undefined || promptTokens === undefined)) return before;
  return {
    ...before,
    finish: reason === 'length' ? 'length' : (before?.finish ?? 'stop'),
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(completionTokens === undefined ? {} : { completionTokens }),
  };
}

/** Users give the address with or without its version; a bare host means the first. */
function withVersion(url: string): string {
  return new URL(url).pathname === '/' ? `${url}/v1` : url;
}
