import type { ExportDone, ExportWithout, ImportReport } from '@aico/schemas';
import { printable } from '../../printable.ts';
import { table } from '../table.ts';
import { byteSize } from './backup-text.ts';

const WITHOUT: Readonly<Record<ExportWithout['why'], string>> = {
  silent: 'hands nothing out',
  off: 'is switched off',
  gone: 'was removed, its database is there',
  unchosen: 'was not chosen',
};

/** What was exported, where, and who keeps something that was not. */
export function exportedText(folder: string, { counts, files, bytes, leftOut, without = [] }: ExportDone): string {
  const rows = counts.map(({ plugin, kind, records }) => [plugin, kind, String(records)]);
  const left = leftOut === 0 ? '' : `\n${leftOut} attached files could not be read any more and are not in it.`;
  const size = `${files} files, ${byteSize(bytes)}, in ${printable(folder)}`;
  const kept = without.map(({ plugin, name = plugin, why }) => `\n  ${printable(name)}: ${WITHOUT[why]}`).join('');
  const others = kept === '' ? '' : `\nNot in it is what these keep:${kept}`;
  return `${table([['FROM', 'WHAT', 'RECORDS'], ...rows])}\n${size}${left}${others}`;
}

const LEFT = { reading: 'to be read only', absent: 'nobody here keeps such things' } as const;

/** What came of an import, or would come of it. */
export function importText(report: ImportReport | undefined, dry: boolean): string {
  if (report === undefined) return 'Nothing came of it.';
  const { counts, files, problems, more } = report;
  if (problems.length > 0) {
    const lines = problems.map(({ file, line, problem }) =>
      printable(`${file}${line === undefined ? '' : `, line ${line}`}: ${problem}`),
    );
    return ['It cannot be imported:', ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
  }
  const rows = counts.map(({ plugin, kind, added, known, refused, left }) => {
    const note = left === undefined ? (refused > 0 ? `${refused} not taken` : '') : LEFT[left];
    return [plugin, kind, left === undefined ? String(added) : '', left === undefined ? String(known) : '', note];
  });
  const attached = files === 0 ? '' : `\n${files} attached files ${dry ? 'would come' : 'came'} with them.`;
  return `${table([['TO', 'WHAT', dry ? 'WOULD COME' : 'ADDED', 'HERE ALREADY', ''], ...rows])}${attached}`;
}
