import type { CommandList } from '@aico/sdk';

type ChatCommand = CommandList['commands'][number];

/** What follows the slash while a command's name is being typed; undefined when something else is. */
export function commandQuery(draft: string): string | undefined {
  return /^\/([a-z0-9-]*)$/i.exec(draft)?.[1]?.toLowerCase();
}

/** Whether a draft is a command, as the chat plugin has it, and not talk. */
export function isCommand(draft: string): boolean {
  return /^\/[a-z][a-z0-9-]*(\s|$)/i.test(draft.trim());
}

/** Commands that fit the query: those that begin with it, then those that contain it. */
export function matchCommands(commands: readonly ChatCommand[], query: string): ChatCommand[] {
  const begins = commands.filter(({ name }) => name.startsWith(query));
  const contains = commands.filter(({ name }) => !name.startsWith(query) && name.includes(query));
  return [...begins, ...contains];
}
