import type { ChatMessage, PromptMessage } from '@aico/sdk';
import { parseCommand } from './commands.ts';

/** Messages of a conversation that a model is shown at most. */
export const MAX_HISTORY_MESSAGES = 60;
const MAX_HISTORY_CHARACTERS = 24_000;

/** What a model is shown of a conversation: the latest messages that fit, oldest first, without commands. */
export function historyOf(latestFirst: readonly ChatMessage[]): PromptMessage[] {
  const prompt: PromptMessage[] = [];
  let characters = 0;
  for (const { role, text } of latestFirst) {
    if (role === 'user' && parseCommand(text) !== undefined) continue;
    characters += text.length;
    if (prompt.length > 0 && characters > MAX_HISTORY_CHARACTERS) break;
    prompt.unshift({ role: role === 'user' ? 'user' : 'assistant', text });
  }
  return prompt;
}
