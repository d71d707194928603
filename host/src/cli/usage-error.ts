import { AicoError } from '@aico/schemas';
import { type Command, CommanderError } from 'commander';

/** Whether help or version were shown, asked for or not: there is nothing to add. */
export function isHelpShown(error: unknown): error is CommanderError {
  return error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help');
}

/** A call that was not understood, as an error of the table that names the command. */
export function usageError(program: Command, args: readonly string[], cause: CommanderError): AicoError {
  const problem = cause.message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return new AicoError('HOST_USAGE_WRONG', { subject: calledCommand(program, args), details: { problem }, cause });
}

/** As much of a call as names a command: `aico plugin info`. */
function calledCommand(program: Command, args: readonly string[]): string {
  const named = [program];
  for (const arg of args) {
    const next = named.at(-1)?.commands.find((command) => command.name() === arg);
    if (next === undefined) break;
    named.push(next);
  }
  return named.map((command) => command.name()).join(' ');
}
