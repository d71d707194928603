import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { egressText } from './egress-text.ts';
import { type ExportOptions, exportRecords, type PageOptions, pageOf } from './records.ts';

export type EgressOptions = Omit<PageOptions, 'kind'>;

/** `aico egress list`: what left this machine, the latest connections, and who may connect past the list. */
export async function runEgressList(context: CommandContext, options: EgressOptions): Promise<number> {
  const answer = await withBus(context.folders, async (bus) => {
    const summary = await bus.request('net.egress.summary.get.v1', {});
    const { entries, more } = await bus.request('net.egress.list.v1', pageOf(options));
    const { plugins } = await bus.request('kernel.plugin.list.v1', {});
    const byItself = plugins.filter(({ id, network }) => network === true && id !== 'network').map(({ id }) => id);
    return { summary, entries, more, byItself };
  });
  context.answer(answer, egressText(answer));
  return EXIT.done;
}

/** `aico egress export`: everything that is listed. */
export function runEgressExport(context: CommandContext, options: ExportOptions): Promise<number> {
  return exportRecords(context, 'net.egress.export.v1', options);
}
