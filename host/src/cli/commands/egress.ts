import type { EgressExport, EgressList } from '@aico/schemas';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { egressText } from './egress-text.ts';

/** What to look at. */
export interface EgressOptions {
  readonly plugin?: string;
  /** RFC 3339. */
  readonly since?: string;
  readonly lines: number;
}

export interface ExportOptions extends Omit<EgressOptions, 'lines'> {
  readonly format: EgressExport['format'];
}

const PAGE = 500;

/** `aico egress list`: what left this machine, the latest connections, and who may connect past the list. */
export async function runEgressList(context: CommandContext, options: EgressOptions): Promise<number> {
  const answer = await withBus(context.folders, async (bus) => {
    const summary = await bus.request('net.egress.summary.get.v1', {});
    const limit = Math.min(Math.max(options.lines, 1), PAGE);
    const { entries, more } = await bus.request('net.egress.list.v1', { ...filterOf(options), limit });
    const { plugins } = await bus.request('kernel.plugin.list.v1', {});
    const byItself = plugins.filter(({ id, network }) => network === true && id !== 'network').map(({ id }) => id);
    return { summary, entries, more, byItself };
  });
  context.answer(answer, egressText(answer));
  return EXIT.done;
}

/** `aico egress export`: everything that is listed, to standard output, a line each. */
export async function runEgressExport(context: CommandContext, options: ExportOptions): Promise<number> {
  await withBus(context.folders, async (bus) => {
    const format = context.json ? 'jsonl' : options.format;
    const stream = bus.stream('net.egress.export.v1', { format, ...filterOf(options) });
    for await (const { text } of stream) context.powers.out(text);
    await stream.result;
  });
  return EXIT.done;
}

function filterOf({ plugin, since }: Omit<EgressOptions, 'lines'>): Pick<EgressList, 'plugin' | 'since'> {
  return { ...(plugin === undefined ? {} : { plugin }), ...(since === undefined ? {} : { since }) };
}
