import type { PluginInfo } from '@aico/schemas';
import { printableData } from '../../printable.ts';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { LIMITS, parseLimit } from '../limit-names.ts';
import { table } from '../table.ts';
import { setAsideText } from './plugin-text.ts';

/** `aico plugin limit <id> [setting]`: what a plugin may use; `memory=512` changes it, `memory=default` takes that back. */
export async function runPluginLimit(
  context: CommandContext,
  id: string,
  setting: string | undefined,
): Promise<number> {
  const change = setting === undefined ? undefined : parseLimit(setting);
  const plugin = await withBus(context.folders, (bus) =>
    change === undefined
      ? bus.request('kernel.plugin.get.v1', { id })
      : bus.request('kernel.plugin.limit.v1', { id, ...change }),
  );
  const { quota, limits = {}, limitsAtNextStart = [], pressure = [] } = plugin;
  context.answer({ id, quota, limits, limitsAtNextStart, pressure }, limitText(plugin));
  return EXIT.done;
}

function limitText(info: PluginInfo): string {
  const plugin = printableData(info);
  const { id, name, state, quota, limits = {}, limitsAtNextStart = [] } = plugin;
  const rows = LIMITS.map((each) => [
    each.name,
    `${quota[each.limit] ?? ''} ${each.unit}`,
    limits[each.limit] === undefined ? '' : 'set by you',
    limitsAtNextStart.includes(each.limit) ? 'from its next start on' : '',
  ]);
  const setAside = state === 'quarantined' ? setAsideText(plugin) : '';
  return `${name} may use at most:\n${table(rows)}Change it with: aico plugin limit ${id} memory=<MB>, or memory=default\n${setAside}`;
}
