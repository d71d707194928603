import type { From } from '@aico/schemas';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { productVersion } from '../install-folders.ts';
import { commandContext, type SharedOptions } from './command-context.ts';
import type { ConversationsOptions, RestoreOptions } from './commands/backup.ts';
import type { RecordOptions, TapOptions } from './commands/bus.ts';
import type { DiscardOptions, LettersOptions, ReplayOptions } from './commands/journal.ts';
import type { LogsOptions } from './commands/logs.ts';
import type { QueryOptions } from './commands/query.ts';
import type { StartOptions } from './commands/start.ts';
import type { UnlockOptions } from './commands/unlock.ts';
import type { ConsolePowers } from './console-powers.ts';
import { errorText, paint, reportsOf } from './error-text.ts';
import { EXIT, EXIT_CODES_HELP, exitCodeOf } from './exit-codes.ts';
import { addExportCommands } from './export-commands.ts';
import { countWithin, parseBackupId, parseId, parseMoment } from './option-values.ts';
import { type Add, addAuthorCommands, addPluginCommands, type Run } from './plugin-commands.ts';
import { addForgetCommands } from './privacy-commands.ts';
import { addAuditCommands, addEgressCommands } from './record-commands.ts';
import { addTrustCommands } from './trust-commands.ts';
import { isHelpShown, usageError } from './usage-error.ts';
import { addVaultCommands, parseDescriptor } from './vault-commands.ts';

/** Runs one call of `aico` and resolves to its exit code. */
export async function runCommandLine(args: readonly string[], powers: ConsolePowers): Promise<number> {
  let code: number = EXIT.done;
  const program = createProgram(powers, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (isHelpShown(error)) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const failure = error instanceof CommanderError ? usageError(program, args, error) : error;
    showError(failure, powers, args.includes('--json'));
    return exitCodeOf(failure);
  }
}

function createProgram(powers: ConsolePowers, setCode: (code: number) => void): Command {
  const program = new Command('aico')
    .description('AICO, a local-first AI companion.')
    .version(productVersion())
    .exitOverride()
    // What is wrong with a call is told as every other error is.
    .configureOutput({ writeOut: powers.out, writeErr: powers.err, outputError: () => undefined })
    .addHelpText('after', EXIT_CODES_HELP);
  const add = <Options>(parent: Command, usage: string, description: string, run: Run<Options>): Command =>
    parent
      .command(usage)
      .description(description)
      .option('--home <folder>', 'the data folder (default: AICO_HOME, else the usual place)')
      .option('--json', 'answer as JSON')
      .action(async (...given: unknown[]) => {
        const command = given.at(-1) as Command;
        const options = command.optsWithGlobals() as Options & SharedOptions;
        const [first = '', second] = command.args;
        setCode(await run(commandContext(powers, options), options, first, second));
      });
  addHostCommands(program, add);
  const plugin = program.command('plugin').description('See, change and write plugins.');
  addPluginCommands(plugin, add);
  addAuthorCommands(plugin, add);
  addBusCommands(program.command('bus').description('See what passes between the plugins.'), add);
  addJournalCommands(program.command('journal').description('See what is kept, and what could not be handled.'), add);
  addVaultCommands(program.command('vault').description('What opens your data.'), add);
  addBackupCommands(program.command('backup').description('Keep everything safe, and put it back.'), add);
  addVectorCommands(program.command('vectors').description('See and move what is found by meaning.'), add);
  addCacheCommands(program.command('cache').description('See and throw away what plugins put aside.'), add);
  addEgressCommands(program.command('egress').description('See what left this machine.'), add);
  addQueryCommand(program, add);
  addTrustCommands(program.command('trust').description('Whose plugins may run here.'), add);
  addAuditCommands(program.command('audit').description('See what was decided, and that no record was changed.'), add);
  addExportCommands(program, add);
  addForgetCommands(program.command('forget').description('Remove something for good, everywhere.'), add);
  return program;
}

// Each command is loaded when it runs: none waits for what another needs.

function addHostCommands(program: Command, add: Add): void {
  const descriptor = [
    '--password-fd <number>',
    'read the password from this open descriptor',
    parseDescriptor,
  ] as const;
  add<StartOptions>(program, 'start', 'Start AICO and keep it running until Ctrl-C.', async (context, options) =>
    (await import('./commands/start.ts')).runStart(context, options),
  )
    .option('--distribution <name>', 'which plugins make the product: desktop, headless or minimal')
    .option('--open', 'open the browser when it is ready')
    .option('--no-open', 'do not open the browser')
    .option(...descriptor);
  add<{ force?: boolean }>(program, 'stop', 'Stop the AICO that runs.', async (context, { force }) =>
    (await import('./commands/stop.ts')).runStop(context, force === true),
  ).option('--force', 'end it at once, when it hangs');
  add(program, 'status', 'Whether AICO runs, where, and how its plugins do.', async (context) =>
    (await import('./commands/status.ts')).runStatus(context),
  );
  add<UnlockOptions>(program, 'unlock', 'Open the vault with the master password.', async (context, options) =>
    (await import('./commands/unlock.ts')).runUnlock(context, options),
  )
    .option('--password-stdin', 'read the password from standard input')
    .option(...descriptor)
    .option('--create', 'create the vault, when there is none yet');
  add<LogsOptions>(program, 'logs', 'Show the log of the host or of a plugin.', async (context, options) =>
    (await import('./commands/logs.ts')).runLogs(context, options),
  )
    .option('-p, --plugin <id>', 'the log of this plugin')
    .option('-n, --lines <count>', 'how many lines to begin with', countWithin(0, 100_000), 50)
    .option('-f, --follow', 'go on with what is logged from now on');
  add(program, 'doctor', 'Look for what could be wrong, and say what to do.', async (context, options) =>
    (await import('./commands/doctor.ts')).runDoctor(context, options),
  );
}

function addBusCommands(bus: Command, add: Add): void {
  const load = () => import('./commands/bus.ts');
  const seconds = ['--seconds <count>', 'end after so many seconds (default: with Ctrl-C)'] as const;
  add<TapOptions>(bus, 'tap', 'Each message as it passes; what is sealed stays so.', async (context, options) =>
    (await load()).runBusTap(context, options),
  )
    .option('-t, --topic <pattern>', 'only this topic, or those of a pattern such as chat.>')
    .option('-p, --plugin <id>', 'only what this plugin sends or receives')
    .option(...seconds, countWithin(0, 100_000));
  add(bus, 'stats', 'How much each topic and plugin says, how fast, and what waits.', async (context) =>
    (await load()).runBusStats(context),
  );
  add(bus, 'topics', 'Every topic there is, and who speaks of it now.', async (context) =>
    (await load()).runBusTopics(context),
  );
  add<RecordOptions>(bus, 'record', 'Write down what one plugin receives and sends.', async (context, options) =>
    (await load()).runBusRecord(context, options),
  )
    .requiredOption('-p, --plugin <id>', 'the plugin')
    .requiredOption('-o, --out <file>', 'a new file, one JSON line for each message')
    .option(...seconds, countWithin(0, 100_000));
}

function addJournalCommands(journal: Command, add: Add): void {
  const load = () => import('./commands/journal.ts');
  const narrow = (command: Command): Command =>
    command
      .option('-g, --group <name>', 'only what these receivers gave up, such as memory/main')
      .option('-t, --topic <pattern>', 'only this topic, or those of a pattern such as chat.>');
  add(journal, 'status', 'What is kept, and who has had how much of it.', async (context) =>
    (await load()).runJournalStatus(context),
  );
  narrow(
    add<LettersOptions>(journal, 'letters', 'Events that could not be handled.', async (context, options) =>
      (await load()).runJournalLetters(context, options),
    ),
  );
  narrow(
    add<LettersOptions>(journal, 'show <number>', 'All about one of them.', async (context, options, number) =>
      (await load()).runJournalShow(context, number, options),
    ),
  );
  narrow(
    add<ReplayOptions>(
      journal,
      'replay [number]',
      'Try one again, or "all", or everything of a group from a time on.',
      async (context, options, which) => (await load()).runJournalReplay(context, which, options),
    ),
  ).option('--from <time>', 'with --group: everything since then, handled or not; or "start"', parseFrom);
  narrow(
    add<DiscardOptions>(
      journal,
      'discard <number>',
      'Give one up for good, or "all".',
      async (context, options, which) => (await load()).runJournalDiscard(context, which, options),
    ),
  ).option('--yes', 'do it; without this it is only told what would go');
}

function parseFrom(text: string): From {
  if (text === 'start') return { at: 'start' };
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return { at: 'time', time: time.toISOString() };
  throw new InvalidArgumentError('It is "start" or a time such as 2026-05-01T18:00.');
}

function addBackupCommands(backup: Command, add: Add): void {
  const load = () => import('./commands/backup.ts');
  add(backup, 'create', 'Back everything up now.', async (context) => (await load()).runBackupCreate(context));
  add(backup, 'list', 'Where backups go, and which there are.', async (context) =>
    (await load()).runBackupList(context),
  );
  add(
    backup,
    'verify [id]',
    'Restore one (the newest) to a scratch folder and open every database.',
    async (context, _, id) => (await load()).runBackupVerify(context, id && parseBackupId(id)),
  );
  add<RestoreOptions>(
    backup,
    'restore [id]',
    'Put one (the newest) in the place of everything at the next start; what was there is kept.',
    async (context, options, id) => (await load()).runBackupRestore(context, options, id && parseBackupId(id)),
  )
    .option('--conversation <id>', 'bring this one conversation back at once, and touch nothing else', parseId)
    .option('--from <folder>', 'take backups of this folder, and go on with it unless it is for one conversation')
    .option('--password', 'ask for the master password of that time, where the vault here is another one')
    .option('--password-stdin', 'read it from standard input')
    .option('--key <file>', 'the key file, where it is kept apart');
  add(
    backup,
    'key <file>',
    'Write the key file of the backups, to be kept apart from them.',
    async (context, _, path) => (await load()).runBackupKey(context, path),
  );
  add<ConversationsOptions>(
    backup,
    'conversations [id]',
    'Which conversations one (the newest) holds.',
    async (context, options, id) => (await load()).runBackupConversations(context, options, id && parseBackupId(id)),
  )
    .option('--before <time>', 'only those that changed last before then', parseMoment)
    .option('--from <folder>', 'of the backups in this folder')
    .option('--password', 'ask for the master password or recovery code of its vault, where that is another one')
    .option('--password-stdin', 'read it from standard input')
    .option('--key <file>', 'the key file, where it is kept apart');
  add(backup, 'prune', 'Remove what is older than 7 days, 4 weeks and 6 months of backups.', async (context) =>
    (await load()).runBackupPrune(context),
  );
  add(backup, 'folder <path>', 'Where backups go from now on: best another disk.', async (context, _, path) =>
    (await load()).runBackupFolder(context, path),
  );
}

function addVectorCommands(vectors: Command, add: Add): void {
  const load = () => import('./commands/vectors.ts');
  add(vectors, 'list', 'Which plugins keep vectors, and where.', async (context) =>
    (await load()).runVectorsList(context),
  );
  const move = vectors.command('move').description('Move all vectors to another store.');
  add(move, 'embedded', 'To where they are encrypted, beside the data of their plugins.', async (context) =>
    (await load()).runVectorsMove(context, 'embedded'),
  );
  add(move, 'external', 'To Chroma, which encrypts only where AICO starts it.', async (context) =>
    (await load()).runVectorsMove(context, 'external'),
  );
}

function addCacheCommands(cache: Command, add: Add): void {
  const load = () => import('./commands/cache.ts');
  add(cache, 'status', 'How much each plugin put aside.', async (context) => (await load()).runCacheStatus(context));
  add(cache, 'clear', 'Throw all of it away.', async (context) => (await load()).runCacheClear(context));
}

function addQueryCommand(program: Command, add: Add): void {
  add<QueryOptions>(
    program,
    'query [sql]',
    'Ask a question in SQL, given or from standard input, about what was said and done.',
    async (context, options, sql) => (await import('./commands/query.ts')).runQuery(context, sql, options),
  )
    .option('-n, --lines <count>', 'how many rows', countWithin(1, 10_000), 100)
    .option('--csv', 'answer as CSV')
    .option('--tables', 'which tables and columns there are');
}

function showError(error: unknown, powers: ConsolePowers, json: boolean): void {
  const reports = reportsOf(error);
  if (json) powers.out(`${JSON.stringify({ error: reports[0], errors: reports })}\n`);
  else for (const report of reports) powers.err(errorText(report, powers.colors.err));
  // What the table does not explain needs the place where it happened.
  const isInternal = error instanceof Error && reports[0]?.code === 'HOST_INTERNAL';
  if (isInternal) powers.err(`${paint('dim', error.stack ?? '', powers.colors.err)}\n`);
}
