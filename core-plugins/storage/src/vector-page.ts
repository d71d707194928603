import type { VectorPage } from '@aico/sdk';
import type { KeptVector } from './vector-table.ts';

const MOST_PAGE_BYTES = 12 * 1024 * 1024;

/** As many as fit into a message. */
export function pageOf(found: readonly KeptVector[], limit: number): VectorPage {
  const entries: KeptVector[] = [];
  let bytes = 0;
  for (const entry of found.slice(0, limit)) {
    bytes += entry.vector.length + JSON.stringify(entry.metadata ?? {}).length + entry.id.length;
    if (bytes > MOST_PAGE_BYTES) break;
    entries.push(entry);
  }
  const next = entries.length < found.length ? entries.at(-1)?.id : undefined;
  return { entries, ...(next !== undefined && { next }) };
}
