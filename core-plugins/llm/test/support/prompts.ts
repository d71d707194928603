import type { Recalled } from '@aico/sdk';
import type { Ending, ModelServer, Prompt } from '../../src/model-server.ts';

/** A prompt in which the user says something, after what was said before. */
export function promptOf(
  said: string,
  recalled?: readonly (string | Recalled)[],
  earlier: readonly string[] = [],
): Prompt {
  const before = earlier.flatMap((text) => [
    { role: 'user', text } as const,
    { role: 'assistant', text: 'I see.' } as const,
  ]);
  const memories = recalled?.map((one) =>
    typeof one === 'string' ? { text: one, when: '2026-11-20T12:00:00.000Z', source: 'conversation' } : one,
  );
  return {
    model: 'tiny',
    messages: [...before, { role: 'user', text: said }],
    recalled: memories,
    maxTokens: undefined,
    temperature: undefined,
    seed: undefined,
  };
}

/** The whole reply, with how it ended. */
export async function readAll(
  server: ModelServer,
  prompt: Prompt,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ readonly pieces: string[]; readonly ending: Ending }> {
  const pieces: string[] = [];
  const reply = server.generate(prompt, signal);
  for (;;) {
    const { done, value } = await reply.next();
    if (done) return { pieces, ending: value };
    pieces.push(value);
  }
}
