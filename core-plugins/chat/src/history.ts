import type { ChatMessage, PromptMessage } from '@aico/sdk';
import { parseCommand } from './commands.ts';
import { toldText } from './told-files.ts';

/** What a model is shown of a conversation at most. */
export const HISTORY: { readonly messages: number; readonly characters: number } = { messages: 60, characters: 24_000 };

/** What a model is shown: oldest first, without commands. */
export function historyOf(latestFirst: readonly ChatMessage[]): PromptMessage[] {
  const spoken = latestFirst.filter(({ role, text }) => role !== 'user' || parseCommand(text) === undefined);
  return spoken
    .map(
      (message): PromptMessage => ({
        role: message.role === 'user' ? 'user' : 'assistant',
        text: toldText(message),
      }),
    )
    .reverse();
}
