import { AicoError } from '@aico/sdk';
import type { Endpoint } from '../http/endpoint.ts';
import { ask, exchange, parseJson } from '../http/exchange.ts';
import { failed, failureWithin } from '../http/failure.ts';
import { at, countAt, namesIn, textAt } from '../http/fields.ts';
import { linesOf } from '../http/lines.ts';
import type { Ending, ModelServer, Prompt } from '../model-server.ts';
import { assemble } from '../prompt.ts';
import { CallPieces, ollamaMessage, toolList } from './tool-calls.ts';

const MAX_LINE_CHARACTERS = 1024 * 1024;

/** Ollama's own protocol: one JSON document a line (its docs/api.md, `/api/chat` and `/api/tags`). */
export class OllamaServer implements ModelServer {
  readonly kind = 'ollama';
  readonly #endpoint: Endpoint;
  readonly #silenceMs: number;

  constructor(endpoint: Endpoint, silenceMs: number) {
    this.#endpoint = endpoint;
    this.#silenceMs = silenceMs;
  }

  async models(signal: AbortSignal): Promise<readonly string[]> {
    const tags = await ask(this.#endpoint, { path: 'api/tags', silenceMs: this.#silenceMs, signal });
    if (!Array.isArray(at(tags, 'models'))) throw failed(this.#endpoint, 'it does not answer as Ollama does');
    return namesIn(at(tags, 'models'), 'name');
  }

  async *generate(prompt: Prompt, signal: AbortSignal): AsyncGenerator<string, Ending, void> {
    const endpoint = this.#endpoint;
    const { model } = prompt;
    const pieces = exchange(endpoint, {
      path: 'api/chat',
      body: bodyOf(prompt),
      model,
      silenceMs: this.#silenceMs,
      signal,
    });
    const calls = new CallPieces();
    for await (const line of this.#lines(pieces)) {
      const part = parseJson(endpoint, line);
      if (at(part, 'error') !== undefined) throw failureWithin(endpoint, line, model);
      const text = textAt(part, 'message', 'content');
      if (text !== '') yield text;
      calls.add(at(part, 'message', 'tool_calls'));
      if (at(part, 'done') === true) return calls.endingOf(endingOf(part));
    }
    throw new AicoError('LLM_CUT_OFF', { subject: endpoint.name });
  }

  async *#lines(pieces: AsyncIterable<string>): AsyncGenerator<string, void, void> {
    try {
      yield* linesOf(pieces, MAX_LINE_CHARACTERS);
    } catch (error) {
      throw error instanceof RangeError ? failed(this.#endpoint, 'it sent a line without end') : error;
    }
  }
}

function bodyOf(prompt: Prompt): unknown {
  return {
    model: prompt.model,
    stream: true,
    messages: assemble(prompt).map(ollamaMessage),
    tools: toolList(prompt),
    options: { temperature: prompt.temperature, seed: prompt.seed, num_predict: prompt.maxTokens },
  };
}

function endingOf(part: unknown): Ending {
  const promptTokens = countAt(part, 'prompt_eval_count');
  const completionTokens = countAt(part, 'eval_count');
  return {
    finish: textAt(part, 'done_reason') === 'length' ? 'length' : 'stop',
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(completionTokens === undefined ? {} : { completionTokens }),
  };
}
