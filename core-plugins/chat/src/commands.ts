import { type CommandList, nearestName } from '@aico/sdk';

export type Command = CommandList['commands'][number];

/** A command of a plugin that is installed and does not run now. */
export interface AbsentCommand extends Command {
  /** Whether its user wants it to run: it starts, or something keeps it from running. */
  readonly enabled: boolean;
}

/** A command as it was typed. */
export interface TypedCommand {
  readonly name: string;
  readonly arguments: string;
}

const SELF = { plugin: 'chat', pluginName: 'Chat' } as const;
export const HELP: Command = { name: 'help', description: 'List the commands at hand', usage: '/help', ...SELF };
/** A slip of the finger is one or two edits away; what is farther was meant otherwise. */
const MAX_SLIPS = 2;

/** Reads "/roll 2d6". Anything else, such as a path, is ordinary talk. */
export function parseCommand(text: string): TypedCommand | undefined {
  const [, name, rest] = /^\/([a-z][a-z0-9-]*)(?:\s+([\s\S]*))?$/i.exec(text.trim()) ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase(), arguments: (rest ?? '').trim() };
}

/** What `/help` answers, Markdown. */
export function describeCommands(commands: readonly Command[]): string {
  const lines = commands.map((one) => `- \`${one.usage ?? `/${one.name}`}\`: ${one.description} (${one.pluginName})`);
  return `Commands at hand:\n\n${lines.join('\n')}`;
}

/** What a command that nobody brings is answered, Markdown. */
export function describeUnknown(name: string, commands: readonly Command[]): string {
  const names = commands.map((command) => command.name);
  const nearest = nearestName(name, names);
  const close = nearest !== undefined && slips(name, nearest) <= MAX_SLIPS;
  const hint = close ? ` Did you mean \`/${nearest}\`?` : '';
  return `There is no command \`/${name}\`.${hint} \`/help\` lists those at hand.`;
}

/** What a command is answered whose plugin its user has switched off, Markdown. */
export function describeSwitchedOff({ name, pluginName }: Command): string {
  return `\`/${name}\` comes with ${pluginName}, which is switched off. Under **Plugins** you can switch it on.`;
}

/** Edits between two short names, at least: letters that one has and the other lacks. */
function slips(one: string, other: string): number {
  const left = [...other];
  const missing = [...one].filter((letter) => {
    const at = left.indexOf(letter);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return Math.max(missing.length, left.length);
}
