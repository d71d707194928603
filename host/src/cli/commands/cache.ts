import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../table.ts';

const MEGABYTE = 1024 * 1024;

/** `aico cache status`: what each plugin has in the cache. */
export async function runCacheStatus(context: CommandContext): Promise<number> {
  const status = await withBus(context.folders, (bus) => bus.request('cache.status.get.v1', {}));
  const rows = status.shares.map(({ plugin, entries, bytes }) => [plugin, String(entries), megabytes(bytes)]);
  const shares = rows.length === 0 ? 'It is empty.' : table([['PLUGIN', 'ENTRIES', 'MB'], ...rows]);
  context.answer(status, `${shares}\nAt most ${status.maxBytes / MEGABYTE} MB of all plugins together.`);
  return EXIT.done;
}

/** `aico cache clear`: throws it away. */
export async function runCacheClear(context: CommandContext): Promise<number> {
  const cleared = await withBus(context.folders, (bus) => bus.request('cache.clear.v1', {}));
  context.answer(cleared, `Threw ${cleared.entries} entries away. Plugins make anew what they need.`);
  return EXIT.done;
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1);
}
