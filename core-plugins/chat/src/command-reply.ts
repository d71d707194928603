import { AicoError, type Bus, type ChatMessage } from '@aico/sdk';
import type { CommandBook } from './command-book.ts';
import { describeCommands, describeSwitchedOff, describeUnknown, HELP, type TypedCommand } from './commands.ts';
import type { Turn } from './turn.ts';

const MAX_ARGUMENT_CHARACTERS = 2000;
const COMMAND_TIMEOUT_MS = 30_000;

export interface CommandPowers {
  readonly bus: Bus;
  readonly commands: CommandBook;
}

/** Fills a turn with what a plugin's command answers. @throws AicoError */
export async function replyByCommand(
  { bus, commands }: CommandPowers,
  turn: Turn,
  { name, arguments: given }: TypedCommand,
  said: Pick<ChatMessage, 'createdAt'> & { readonly timezone: string | undefined },
): Promise<void> {
  const command = await commands.find(name);
  const absent = command === undefined ? await commands.findAbsent(name) : undefined;
  if (absent?.enabled === true) throw new AicoError('CHAT_COMMAND_ABSENT', { subject: absent.pluginName });
  if (absent !== undefined) {
    turn.append(describeSwitchedOff(absent));
    return;
  }
  if (command === undefined || command === HELP) {
    const known = await commands.list();
    turn.append(command === HELP ? describeCommands(known) : describeUnknown(name, known));
    return;
  }
  if (given.length > MAX_ARGUMENT_CHARACTERS) {
    turn.append(`That is too long for a command: at most ${MAX_ARGUMENT_CHARACTERS} characters.`);
    return;
  }
  const { timezone } = said;
  const { conversation } = turn.reply;
  const payload = { name, arguments: given, conversation, time: said.createdAt, ...(timezone ? { timezone } : {}) };
  try {
    const options = { signal: turn.signal, timeoutMs: COMMAND_TIMEOUT_MS, trace: turn.trace };
    turn.append((await bus.request(`plugin.${command.plugin}.command.run.v1`, payload, options)).text);
  } catch (error) {
    const gone = error instanceof AicoError && ['KERNEL_NO_SERVER', 'KERNEL_SERVER_GONE'].includes(error.code);
    throw gone ? new AicoError('CHAT_COMMAND_ABSENT', { subject: command.pluginName, cause: error }) : error;
  }
}
