import type { PromptMessage, ProviderKind, Recalled, Tool, ToolCall } from '@aico/sdk';

/** What a model is asked. */
export interface Prompt {
  readonly model: string;
  readonly messages: readonly PromptMessage[];
  /** What memory gave for this prompt; undefined when no memory answered. */
  readonly recalled: readonly Recalled[] | undefined;
  /** What the model may call. */
  readonly tools?: readonly Tool[] | undefined;
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly seed: number | undefined;
}

/** How a reply ended, and what it cost where the server says so. */
export interface Ending {
  readonly finish: 'stop' | 'length';
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  /** Tools whose answers the model waits for. */
  readonly calls?: readonly ToolCall[];
}

/** A source of replies: one protocol, one place. Everything that fails is an AicoError `LLM_…`. */
export interface ModelServer {
  readonly kind: ProviderKind;
  /** Names of the models that it has; empty when it does not tell. */
  models(signal: AbortSignal): Promise<readonly string[]>;
  /** Yields the reply piece by piece. */
  generate(prompt: Prompt, signal: AbortSignal): AsyncGenerator<string, Ending, void>;
}
