import type { AuditPage, AuditProblem, AuditVerdict } from '@aico/schemas';
import { table } from '../table.ts';

const PROBLEMS: Readonly<Record<AuditProblem['problem'], string>> = {
  altered: 'was altered',
  missing: 'is missing',
  reordered: 'is out of order',
  unlinked: 'does not follow the one before it',
  truncated: 'is missing, with all after it',
  checkpoint: 'is not what was signed',
  cut: 'is where older records were removed, which nobody signed',
  broken: 'tells that records before it were lost',
};

/** What came of looking at the chain, with the head to note elsewhere. */
export function verdictText({ sound, records, head, unsigned, gaps, cutAfter, problems }: AuditVerdict): string {
  const lines = [
    sound ? `All ${records} records are as they were written.` : `The record of decisions was changed.`,
    ...problems.map(({ number, problem }) => `Record ${number} ${PROBLEMS[problem]}.`),
  ];
  if (cutAfter !== undefined) lines.push(`Records up to ${cutAfter} were removed for their age, by a signed cut.`);
  if (gaps > 0)
    lines.push(`${gaps} records tell of something that could not be recorded: aico audit search --kind audit.gap`);
  if (unsigned > 0)
    lines.push(`The latest ${unsigned} are not signed so far: a loss at the end would not show among these.`);
  if (head !== undefined)
    lines.push(`Head, to note elsewhere and check against later with --head: ${head.number}:${head.hash}`);
  return `${lines.join('\n')}\n`;
}

/** Records as a table, newest first. */
export function auditText({ records, more }: AuditPage): string {
  if (records.length === 0) return 'No record fits.\n';
  const rows = records.map(({ number, time, source, kind, plugin = '', by = '', details = {} }) => [
    String(number),
    time.slice(0, 19).replace('T', ' '),
    kind,
    plugin,
    by,
    source,
    Object.entries(details)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')
      .slice(0, 120),
  ]);
  const text = table([['NUMBER', 'TIME (UTC)', 'KIND', 'PLUGIN', 'BY', 'NOTED BY', 'DETAILS'], ...rows]);
  return more ? `${text}\nThere are more: --lines, or aico audit export.\n` : text;
}
