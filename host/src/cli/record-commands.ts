import { type Command, Option } from 'commander';
import type { AuditSearchOptions } from './commands/audit.ts';
import type { EgressOptions } from './commands/egress.ts';
import type { ExportOptions } from './commands/records.ts';
import { countWithin, parseSince } from './option-values.ts';
import type { Add } from './plugin-commands.ts';

const SINCE = 'only from then on: 2026-11-26, 2026-11-26T12:00Z, or 7d, 12h, 30m ago';

/** `aico egress …`. */
export function addEgressCommands(egress: Command, add: Add): void {
  const load = () => import('./commands/egress.ts');
  const filters = (command: Command): Command => addFilters(command, 'only what this plugin did');
  filters(
    add<EgressOptions>(
      egress,
      'list',
      'What left this machine, and the latest connections.',
      async (context, options) => (await load()).runEgressList(context, options),
    ),
  ).option('-n, --lines <count>', 'how many connections', countWithin(1, 500), 20);
  filters(
    add<ExportOptions>(egress, 'export', 'Every connection that is listed, oldest first.', async (context, options) =>
      (await load()).runEgressExport(context, options),
    ),
  ).addOption(exportFormat());
}

/** `aico audit …`. */
export function addAuditCommands(audit: Command, add: Add): void {
  const load = () => import('./commands/audit.ts');
  const filters = (command: Command): Command =>
    addFilters(
      command.option('-k, --kind <kind>', 'only this kind, or area of kinds: permission, permission.granted'),
      'only what is about this plugin',
    );
  add<{ head?: string }>(
    audit,
    'verify',
    'Find any record that was altered, dropped or put in.',
    async (context, options) => (await load()).runAuditVerify(context, options),
  ).option('--head <number:hash>', 'a head that was noted before: the record has to be there still');
  filters(
    add<AuditSearchOptions>(audit, 'search', 'The latest records that fit.', async (context, options) =>
      (await load()).runAuditSearch(context, options),
    ),
  )
    .option('-t, --text <text>', 'only records that hold this text')
    .option('-n, --lines <count>', 'how many records', countWithin(1, 500), 20);
  filters(
    add<ExportOptions>(audit, 'export', 'Every record that fits, oldest first.', async (context, options) =>
      (await load()).runAuditExport(context, options),
    ),
  ).addOption(exportFormat());
}

function addFilters(command: Command, plugin: string): Command {
  return command.option('-p, --plugin <id>', plugin).option('-s, --since <time>', SINCE, parseSince);
}

function exportFormat(): Option {
  return new Option('-f, --format <form>', 'jsonl or csv').choices(['jsonl', 'csv']).default('jsonl');
}
