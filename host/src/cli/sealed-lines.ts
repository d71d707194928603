import { validators } from '@aico/schemas';
import { isRecord } from '../is-record.ts';
import type { CommandContext } from './command-context.ts';
import { errorText, reportsOf } from './error-text.ts';

/** Opens sealed texts, each in its place: null for what is sealed under another key. */
export type Unseal = (sealed: string[]) => Promise<readonly (string | null)[]>;

type SealedFields = Record<string, unknown> & { readonly sealed: string };

/** Asked about at once. */
const MOST_LINES = 500;
const MOST_CHARACTERS = 256 * 1024;

/** Opens lines of logs by the vault. Where that cannot be, they stay as they are, and why is told once, and again after some were opened. */
export class SealedLines {
  readonly #context: Pick<CommandContext, 'powers' | 'json'>;
  readonly #unseal: Unseal;
  #isTold = false;

  constructor(context: Pick<CommandContext, 'powers' | 'json'>, unseal: Unseal) {
    this.#context = context;
    this.#unseal = unseal;
  }

  /** The lines, with what was sealed in its place. */
  async open(lines: readonly string[]): Promise<string[]> {
    const parsed = lines.map(parseLine);
    const sealed = parsed.flatMap((fields) => (isSealed(fields) ? [fields.sealed] : []));
    if (sealed.length === 0) return [...lines];
    const opened = await this.#openAll(sealed);
    let at = 0;
    return lines.map((line, each) => {
      const fields = parsed[each];
      return isSealed(fields) ? this.#openedLine(fields, opened[at++]) : line;
    });
  }

  /** As far as they could be opened. */
  async #openAll(sealed: readonly string[]): Promise<(string | null)[]> {
    const opened: (string | null)[] = [];
    try {
      for (const batch of batchesOf(sealed)) opened.push(...(await this.#unseal(batch)));
      this.#isTold = false;
    } catch (error) {
      this.#tell(error);
    }
    return opened;
  }

  #tell(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const { powers, json } = this.#context;
    if (json) return;
    powers.err('What plugins log is sealed on disk, and readable while AICO runs and its vault is open.\n');
    for (const report of reportsOf(error)) powers.err(errorText(report, powers.colors.err));
  }

  /** What the host wrote itself counts before what was sealed. */
  #openedLine(fields: SealedFields, opened: string | null | undefined): string {
    const { sealed, msg, ...outer } = fields;
    const inner = typeof opened === 'string' ? parseLine(opened) : undefined;
    if (inner !== undefined) return JSON.stringify({ ...outer, ...inner, ...outer });
    if (this.#context.json) return JSON.stringify(fields);
    const why = opened === null ? '(sealed under the key of another vault)' : '(sealed)';
    return JSON.stringify({ ...outer, msg: typeof msg === 'string' ? `${msg} ${why}` : why });
  }
}

function batchesOf(sealed: readonly string[]): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const text of sealed) {
    const last = batches.at(-1);
    room -= text.length;
    if (last === undefined || last.length === MOST_LINES || room < 0) {
      batches.push([text]);
      room = MOST_CHARACTERS - text.length;
    } else last.push(text);
  }
  return batches;
}

/** A field that a plugin called so before there was a vault is none; asked about, it would have all the others refused. */
function isSealed(fields: Record<string, unknown> | undefined): fields is SealedFields {
  const sealed = fields?.['sealed'];
  return typeof sealed === 'string' && validators['vault#LogOpen']({ sealed: [sealed] });
}

/** A line that a crash cut short has no fields. */
function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const fields: unknown = JSON.parse(line);
    return isRecord(fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}
