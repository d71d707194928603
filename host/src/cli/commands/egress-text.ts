import type { EgressEntry, EgressSummary } from '@aico/schemas';
import { table } from '../table.ts';

export interface EgressAnswer {
  readonly summary: EgressSummary;
  readonly entries: readonly EgressEntry[];
  readonly more: boolean;
  /** Plugins whose process may connect past the list. */
  readonly byItself: readonly string[];
}

/** A plain sentence first, then the plugins, then the connections. */
export function egressText({ summary, entries, more, byItself }: EgressAnswer): string {
  const { left, since, plugins } = summary;
  const day = since.slice(0, 10);
  const sentence =
    left === 0
      ? `Nothing left this machine through AICO since ${day}.`
      : `${left} ${left === 1 ? 'connection' : 'connections'} left this machine through AICO since ${day}.`;
  const counted = plugins.map((each) => [
    each.plugin,
    ...[each.left, each.connections - each.left, each.refused].map(String),
    `${each.bytesOut}`,
    `${each.bytesIn}`,
    each.last.slice(0, 16).replace('T', ' '),
  ]);
  const listed = entries.map((entry) => [
    entry.time.slice(0, 19).replace('T', ' '),
    entry.plugin,
    `${entry.method} ${entry.host}:${entry.port}`,
    entry.address ?? '',
    entry.reach,
    entry.error ?? `${entry.outcome}${entry.status === undefined ? '' : ` ${entry.status}`}`,
    `${entry.bytesOut}/${entry.bytesIn}`,
    `${entry.durationMs} ms`,
  ]);
  const parts = [`${sentence}\n`];
  if (counted.length > 0) {
    parts.push(table([['PLUGIN', 'LEFT', 'STAYED HERE', 'REFUSED', 'BYTES OUT', 'BYTES IN', 'LAST'], ...counted]));
  }
  if (listed.length > 0) {
    parts.push(
      table([['TIME (UTC)', 'PLUGIN', 'TO', 'ADDRESS', 'REACH', 'OUTCOME', 'OUT/IN', 'TOOK'], ...listed]),
      more ? 'There are more: aico egress export shows them all.\n' : '',
    );
  }
  if (byItself.length > 0) parts.push(`May connect by itself, past this list: ${byItself.join(', ')}.\n`);
  return parts.filter((part) => part !== '').join('\n');
}
