import type { Command } from 'commander';
import type { ForgetOptions } from './commands/forget.ts';
import { parseId } from './option-values.ts';
import type { Add } from './plugin-commands.ts';

/** `aico forget …`. */
export function addForgetCommands(forget: Command, add: Add): void {
  const load = () => import('./commands/forget.ts');
  const asking = (command: Command): Command =>
    command
      .option('--dry-run', 'only tell what would go')
      .option('--yes', 'do not ask')
      .option('--keep-backups', 'leave the backups as they are: it stays in them');
  asking(
    add<ForgetOptions>(
      forget,
      'message <id>',
      'A message, what answers it, and what was made of it.',
      async (context, options, what) => (await load()).runForgetMessage(context, options, parseId(what)),
    ),
  );
  asking(
    add<ForgetOptions>(
      forget,
      'conversation <id>',
      'A conversation, and what was made of it.',
      async (context, options, what) => (await load()).runForgetConversation(context, options, parseId(what)),
    ),
  );
  asking(
    add<ForgetOptions>(
      forget,
      'person [name]',
      'What mentions a person; asks for the name if it is not given.',
      async (context, options, what) => (await load()).runForgetPerson(context, options, what),
    ),
  );
  asking(
    add<ForgetOptions>(
      forget,
      'period <from> <to>',
      'What was said in a time; a day as <to> is part of it.',
      async (context, options, from, to) => (await load()).runForgetPeriod(context, options, from, to),
    ),
  );
  add<ForgetOptions>(
    forget,
    'keep [kind] [days]',
    'How long conversations or memories are kept: days, or ever; what is older goes daily.',
    async (context, options, kind, days) =>
      (await import('./commands/forget-keep.ts')).runForgetKeep(context, options, kind, days),
  )
    .option('--dry-run', 'only tell what would go at once')
    .option('--yes', 'do not ask');
  add(forget, 'receipts', 'What was forgotten when, in numbers.', async (context) =>
    (await load()).runForgetReceipts(context),
  );
}
