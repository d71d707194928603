import { AicoError, type AuditExport, type AuditHead, type AuditSearch } from '@aico/schemas';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { auditText, verdictText } from './audit-text.ts';

/** What to look for. */
export interface AuditFilter {
  readonly kind?: string;
  readonly plugin?: string;
  /** RFC 3339. */
  readonly since?: string;
}

export interface AuditSearchOptions extends AuditFilter {
  readonly text?: string;
  readonly lines: number;
}

export interface AuditExportOptions extends AuditFilter {
  readonly format: AuditExport['format'];
}

const PAGE = 500;
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
  const { text, lines } = options;
  const limit = Math.min(Math.max(lines, 1), PAGE);
  const asked: AuditSearch = { ...filterOf(options), ...(text === undefined ? {} : { text }), limit };
  const page = await withBus(context.folders, (bus) => bus.request('audit.search.v1', asked));
  context.answer(page, auditText(page));
  return EXIT.done;
}

/** `aico audit export`: every record that fits, to standard output, a line each. */
export async function runAuditExport(context: CommandContext, options: AuditExportOptions): Promise<number> {
  await withBus(context.folders, async (bus) => {
    const format = context.json ? 'jsonl' : options.format;
    const stream = bus.stream('audit.export.v1', { format, ...filterOf(options) });
    for await (const { text } of stream) context.powers.out(text);
    await stream.result;
  });
  return EXIT.done;
}

/** A head as an earlier check told it: number:hash. */
function parseHead(text: string): AuditHead {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number === undefined || hash === undefined)
    throw new AicoError('AUDIT_HEAD_MALFORMED', { subject: text.slice(0, 100) });
  return { number: Number(number), hash };
}

function filterOf({ kind, plugin, since }: AuditFilter): Pick<AuditSearch, 'kind' | 'plugin' | 'since'> {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(plugin === undefined ? {} : { plugin }),
    ...(since === undefined ? {} : { since }),
  };
}
