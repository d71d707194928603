import type { AuditRecord } from '@aico/sdk';

/** What every start brings a score of. */
const USES: ReadonlySet<string> = new Set(['key.derived', 'key.lent', 'secret.read', 'secret.kept', 'log.read']);
/** Fewer in a row are told one by one. */
const LEAST = 3;

/** Records in their order; uses of keys that came in a row are together, and whatever else is alone. */
export function foldKeyUses(records: readonly AuditRecord[]): (readonly AuditRecord[])[] {
  const runs: AuditRecord[][] = [];
  for (const record of records) {
    const [before] = runs.at(-1) ?? [];
    if (before !== undefined && isUse(before) && isUse(record)) runs.at(-1)?.push(record);
    else runs.push([record]);
  }
  return runs.flatMap((run) => (run.length < LEAST ? run.map((record) => [record]) : [run]));
}

function isUse({ kind, details }: AuditRecord): boolean {
  return USES.has(kind) && details?.['failed'] === undefined;
}
