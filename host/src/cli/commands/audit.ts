import { AicoError, type AuditHead, type AuditSearch } from '@aico/schemas';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { auditText, verdictText } from './audit-text.ts';
import { type ExportOptions, exportRecords, type PageOptions, pageOf } from './records.ts';

export interface AuditSearchOptions extends PageOptions {
  readonly text?: string;
}

const SILENCE_MS = 60_000;

/** `aico audit verify`: looks at every record; fails when any was altered, dropped, put in or put in another order. */
export async function runAuditVerify(context: CommandContext, { head }: { head?: string }): Promise<number> {
  const verdict = await withBus(context.folders, async (bus) => {
    const asked = head === undefined ? {} : { head: parseHead(head) };
    const stream = bus.stream('audit.verify.v1', asked, { timeoutMs: SILENCE_MS });
    const { isTerminal, err } = context.powers;
    const shown = isTerminal && !context.json;
    try {
      for await (const { done, total } of stream) if (shown) err(`\r\u001b[2K• ${done} of ${total} records`);
    } finally {
      if (shown) err('\r\u001b[2K');
    }
    return stream.result;
  });
  context.answer(verdict, verdictText(verdict));
  return verdict.sound ? EXIT.done : EXIT.failed;
}

/** `aico audit search`: the latest records that fit. */
export async function runAuditSearch(context: CommandContext, options: AuditSearchOptions): Promise<number> {
  const { text, ...filters } = options;
  const asked: AuditSearch = { ...pageOf(filters), ...(text === undefined ? {} : { text }) };
  const page = await withBus(context.folders, (bus) => bus.request('audit.search.v1', asked));
  context.answer(page, auditText(page));
  return EXIT.done;
}

/** `aico audit export`: every record that fits. */
export function runAuditExport(context: CommandContext, options: ExportOptions): Promise<number> {
  return exportRecords(context, 'audit.export.v1', options);
}

/** A head as an earlier check told it: number:hash. */
function parseHead(text: string): AuditHead {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number === undefined || hash === undefined)
    throw new AicoError('AUDIT_HEAD_MALFORMED', { subject: text.slice(0, 100) });
  return { number: Number(number), hash };
}
