import { setTimeout as wait } from 'node:timers/promises';
import type { Ending, ModelServer, Prompt } from '../model-server.ts';
import { replyTo } from '../scripted/reply.ts';

/** The name of the one model that this server has. */
export const SCRIPTED_MODEL = 'scripted';

/** The built-in companion: rules instead of a model, so that there is always an answer. */
export class ScriptedServer implements ModelServer {
  readonly kind = 'scripted';
  readonly #wordMs: () => number;

  /** @param wordMs pause after each word, so that a reply can be read along and stopped */
  constructor(wordMs: () => number) {
    this.#wordMs = wordMs;
  }

  async models(): Promise<readonly string[]> {
    return [SCRIPTED_MODEL];
  }

  async *generate(prompt: Prompt, signal: AbortSignal): AsyncGenerator<string, Ending, void> {
    const words = replyTo(prompt).match(/\S+\s*/g) ?? [];
    const limit = prompt.maxTokens ?? words.length;
    for (const word of words.slice(0, limit)) {
      yield word;
      const pause = this.#wordMs();
      if (pause > 0) await wait(pause, undefined, { signal });
    }
    const promptTokens = prompt.messages.reduce((sum, { text }) => sum + (text.match(/\S+/g) ?? []).length, 0);
    const completionTokens = Math.min(limit, words.length);
    return { finish: limit < words.length ? 'length' : 'stop', promptTokens, completionTokens };
  }
}
