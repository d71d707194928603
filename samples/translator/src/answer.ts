import type { PluginContext } from '@aico/sdk';
import { parseTranslation, promptOf } from './request.ts';

const MAX_TOKENS = 2_000;
/** An answer holds 100,000 characters at most. */
const MAX_CHARACTERS = 20_000;

/** What `/translate` answers, Markdown. */
export async function answerTranslate(
  { bus, llm }: Pick<PluginContext, 'bus' | 'llm'>,
  typed: string,
  signal: AbortSignal,
): Promise<string> {
  const request = parseTranslation(typed);
  if (request === undefined) return 'Into which language? For instance `/translate to German: Good morning`.';
  const { connected } = await bus.request('llm.status.get.v1', {});
  if (!connected) return 'That takes a language model, and none is connected. Choose one under Settings.';
  const stream = llm.generate({ messages: [...promptOf(request)], maxTokens: MAX_TOKENS, temperature: 0 }, { signal });
  let text = '';
  for await (const chunk of stream) {
    text += chunk.text;
    if (text.length > MAX_CHARACTERS) break;
  }
  return text.trim() === '' ? 'The language model answered nothing. Try again.' : text.trim().slice(0, MAX_CHARACTERS);
}
