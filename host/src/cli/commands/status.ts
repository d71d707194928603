import type { PluginInfo, SystemStatus } from '@aico/schemas';
import { askFacts } from '../../door/door-client.ts';
import { printableData } from '../../printable.ts';
import { hostAddress, withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { paint } from '../error-text.ts';
import { EXIT } from '../exit-codes.ts';
import { duration, table } from '../table.ts';
import { stateMark } from './plugin-text.ts';

/** `aico status`: whether it runs, where, and how each plugin does. */
export async function runStatus(context: CommandContext): Promise<number> {
  const facts = await askFacts(hostAddress(context.folders));
  if (facts === undefined) {
    const { home } = context.folders;
    context.answer({ running: false, home }, `AICO does not run (data folder ${home}).`);
    return EXIT.notRunning;
  }
  const { status, plugins } = await withBus(context.folders, async (bus) => ({
    status: await bus.request('kernel.status.get.v1', {}),
    plugins: (await bus.request('kernel.plugin.list.v1', {})).plugins,
  }));
  const { processId, state } = facts;
  const text = statusText(context, processId, printableData(status), printableData(plugins));
  context.answer({ running: true, processId, state, status, plugins }, text);
  return EXIT.done;
}

function statusText(context: CommandContext, processId: number, status: SystemStatus, plugins: PluginInfo[]): string {
  const colors = context.powers.colors.out;
  const { version, uptimeMs, distribution, home, endpoints, memoryMb, messages, notices } = status;
  const since = status.ready ? `running for ${duration(uptimeMs)}` : 'starting';
  const facts = table([
    ['AICO', `${version}, ${since}, process ${processId}`],
    ...Object.entries(endpoints).map(([name, url]) => [name, url]),
    ['data', `${home} (${distribution})`],
    ['memory', `${memoryMb.toFixed(0)} MB in the kernel`],
    ['messages', `${messages.routed} routed, ${messages.refused} refused, ${messages.dropped} dropped`],
  ]);
  const rows = plugins.map((plugin) => [` ${stateMark(plugin, colors)} ${plugin.id}`, plugin.state, noteOf(plugin)]);
  const told = notices.map(({ message, fix }) => `${paint('yellow', '!', colors)} ${message} ${fix ?? ''}\n`);
  return `${facts}\n${table(rows)}${told.length === 0 ? '' : `\n${told.join('')}`}`;
}

function noteOf({ error, waitingFor, usage }: PluginInfo): string {
  if (error !== undefined) return error.message;
  if (waitingFor !== undefined) return `waits for ${waitingFor.join(', ')}`;
  return usage === undefined ? '' : `${usage.memoryMb.toFixed(0)} MB, ${usage.cpuPercent.toFixed(0)} % CPU`;
}
