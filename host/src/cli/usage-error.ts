import { AicoError } from '@aico/schemas';
import { type Command, CommanderError } from 'commander';
import { takesSeveral } from './option-values.ts';

/** Whether help or version were shown, asked for or not: there is nothing to add. */
export function isHelpShown(error: unknown): error is CommanderError {
  return error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help');
}

/** A call that was not understood, as an error of the table that names the command. */
export function usageError(program: Command, args: readonly string[], cause: CommanderError): AicoError {
  const called = calledCommand(program, args);
  const words = cause.message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const problem = words + (cause.code === 'commander.excessArguments' ? listHint(called.at(-1), args) : '');
  const subject = called.map((command) => command.name()).join(' ');
  return new AicoError('HOST_USAGE_WRONG', { subject, details: { problem }, cause });
}

/** What is one too many may be the second of a list: `-f jsonl markdown`. */
function listHint(command: Command | undefined, args: readonly string[]): string {
  const option = command?.options.find(
    (each) => takesSeveral(each) && args.some((arg) => arg === each.short || arg === each.long),
  );
  if (option === undefined) return '';
  const flag = args.find((arg) => arg === option.short || arg === option.long) ?? '';
  return `. Several after ${flag} have commas between them and no spaces: ${flag} one,two`;
}

/** As much of a call as names a command: `aico plugin info`. */
function calledCommand(program: Command, args: readonly string[]): readonly Command[] {
  const named = [program];
  for (const arg of args) {
    const next = named.at(-1)?.commands.find((command) => command.name() === arg);
    if (next === undefined) break;
    named.push(next);
  }
  return named;
}
