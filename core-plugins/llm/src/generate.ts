import {
  AicoError,
  type Generate,
  type GenerateChunk,
  type GenerateResult,
  type Request,
  type StreamWriter,
} from '@aico/sdk';
import type { Ending, ModelServer, Prompt } from './model-server.ts';
import type { ModelServers } from './model-servers.ts';

/** As long as a reply may grow; a model that runs on is stopped here. */
const MAX_REPLY_CHARACTERS = 300_000;
const MAX_CHUNK_CHARACTERS = 16_384;
/** English text in the common tokenizers; only for servers that do not tell. */
const CHARACTERS_PER_TOKEN = 4;

/** Answers `llm.generate.v1`. @throws AicoError LLM_… */
export async function generate(
  servers: ModelServers,
  request: Request<Generate>,
  stream: StreamWriter<GenerateChunk>,
): Promise<GenerateResult> {
  const started = performance.now();
  const { id, model, server } = await servers.chosen();
  let length = 0;
  let ending: Ending | undefined;
  const pieces = withOrWithoutTools(server, promptOf(request.data, model), request.signal);
  try {
    while (length < MAX_REPLY_CHARACTERS) {
      const { done, value } = await pieces.next();
      if (done) {
        ending = value;
        break;
      }
      length += value.length;
      for (const text of parts(value)) await stream.write({ text });
    }
    if (length === 0 && ending?.calls === undefined)
      throw new AicoError('LLM_PROVIDER_FAILED', { subject: id, details: { problem: 'it said nothing' } });
    servers.note(id, undefined);
  } catch (error) {
    if (!request.signal.aborted) {
      if (error instanceof AicoError && error.code === 'LLM_UNREACHABLE') servers.note(id, error);
      throw error;
    }
    return resultOf('cancelled', undefined);
  } finally {
    await pieces.return({ finish: 'length' }).catch(() => undefined);
  }
  return resultOf(ending?.finish ?? 'length', ending);

  function resultOf(
    finish: GenerateResult['finish'],
    { promptTokens, completionTokens, calls }: Partial<Ending> = {},
  ): GenerateResult {
    const asked = request.data.messages.reduce((sum, { text }) => sum + text.length, 0);
    const usage = {
      promptTokens: promptTokens ?? Math.ceil(asked / CHARACTERS_PER_TOKEN),
      completionTokens: completionTokens ?? Math.ceil(length / CHARACTERS_PER_TOKEN),
      durationMs: Math.round(performance.now() - started),
    };
    return { finish, provider: id, model, usage, ...(calls === undefined ? {} : { calls: [...calls] }) };
  }
}

/** Many models know no tools, and their servers then refuse the whole question: it is asked once more without them. */
async function* withOrWithoutTools(
  server: ModelServer,
  prompt: Prompt,
  signal: AbortSignal,
): AsyncGenerator<string, Ending, void> {
  let begun = false;
  const pieces = server.generate(prompt, signal);
  try {
    for (;;) {
      const { done, value } = await pieces.next();
      if (done) return value;
      begun = true;
      yield value;
    }
  } catch (error) {
    const isRefusal = error instanceof AicoError && error.code === 'LLM_PROVIDER_FAILED' && !begun;
    if (!isRefusal || (prompt.tools ?? []).length === 0) throw error;
    return yield* server.generate({ ...prompt, tools: undefined }, signal);
  } finally {
    // Who stops reading early leaves no connection open.
    await pieces.return({ finish: 'length' }).catch(() => undefined);
  }
}

function promptOf({ messages, recalled, tools, maxTokens, temperature, seed }: Generate, model: string): Prompt {
  return { model, messages, recalled, tools, maxTokens, temperature, seed };
}

function* parts(text: string): Generator<string, void, void> {
  for (let at = 0; at < text.length; at += MAX_CHUNK_CHARACTERS) yield text.slice(at, at + MAX_CHUNK_CHARACTERS);
}
