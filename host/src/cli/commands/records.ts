import type { AuditExport } from '@aico/schemas';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

/** Which records of a list are meant. */
export type RecordFilter = Pick<AuditExport, 'kind' | 'plugin' | 'since'>;

export interface PageOptions extends RecordFilter {
  readonly lines: number;
}

export type ExportOptions = RecordFilter & Pick<AuditExport, 'format'>;

/** What is asked for a page of the latest that fit. */
export function pageOf({ lines, ...options }: PageOptions): RecordFilter & { readonly limit: number } {
  return { ...filterOf(options), limit: lines };
}

/** Everything that fits, to standard output, a line each. */
export async function exportRecords(
  context: CommandContext,
  topic: 'audit.export.v1' | 'net.egress.export.v1',
  options: ExportOptions,
): Promise<number> {
  await withBus(context.folders, async (bus) => {
    const format = context.json ? 'jsonl' : options.format;
    const stream = bus.stream(topic, { ...filterOf(options), format });
    for await (const { text } of stream) context.powers.out(text);
    await stream.result;
  });
  return EXIT.done;
}

/** The filters among the options of a command. */
function filterOf({ kind, plugin, since }: RecordFilter): RecordFilter {
  return Object.fromEntries(Object.entries({ kind, plugin, since }).filter(([, value]) => value !== undefined));
}
