import type { ExportFormat } from '@aico/schemas';
import { type Command, InvalidArgumentError } from 'commander';
import type { ExportOptions, ImportOptions } from './commands/export.ts';
import type { Add } from './plugin-commands.ts';

const FORMATS: readonly ExportFormat[] = ['jsonl', 'markdown', 'parquet'];

/** `aico export` and `aico import`. */
export function addExportCommands(program: Command, add: Add): void {
  const load = () => import('./commands/export.ts');
  add<ExportOptions>(
    program,
    'export <folder>',
    'Write everything that is yours to a new folder, in open formats, not encrypted.',
    async (context, options, folder) => (await load()).runExport(context, folder, options),
  )
    .option(
      '-f, --format <formats>',
      'jsonl (can be imported), markdown (to be read), parquet (for tables)',
      parseFormats,
      ['jsonl'],
    )
    .option('--only <plugins>', 'only what these keep, such as chat,memory', (text: string) => text.split(','));
  add<ImportOptions>(
    program,
    'import <folder>',
    'Add what an export holds and is not here; what is here stays as it is.',
    async (context, options, folder) => (await load()).runImport(context, folder, options),
  ).option('--dry-run', 'only tell what would come');
}

function parseFormats(text: string): ExportFormat[] {
  const formats = text.split(',').map((each) => each.trim());
  const known = FORMATS.filter((format) => formats.includes(format));
  if (known.length === new Set(formats).size) return known;
  throw new InvalidArgumentError('They are jsonl, markdown and parquet, with commas between them.');
}
