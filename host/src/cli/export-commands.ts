import type { ExportFormat } from '@aico/schemas';
import { type Command, InvalidArgumentError } from 'commander';
import type { ExportOptions, ImportOptions } from './commands/export.ts';
import { listOf } from './option-values.ts';
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
      'jsonl (can be imported, what comes without it), markdown (to be read), parquet (for tables), or several: jsonl,markdown',
      listOf(parseFormats),
    )
    .option(
      '--only <plugins>',
      'only what these keep, such as chat,memory',
      listOf((names) => names),
    );
  add<ImportOptions>(
    program,
    'import <folder>',
    'Add what an export holds and is not here; what is here stays as it is.',
    async (context, options, folder) => (await load()).runImport(context, folder, options),
  ).option('--dry-run', 'only tell what would come');
}

function parseFormats(formats: readonly string[]): readonly ExportFormat[] {
  const known = FORMATS.filter((format) => formats.includes(format));
  if (known.length === new Set(formats).size) return known;
  throw new InvalidArgumentError(
    'They are jsonl, markdown and parquet, with commas between them and no spaces, as in -f jsonl,markdown.',
  );
}
