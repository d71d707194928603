import type { Bus, ExportOutcome } from '@aico/sdk';
import { parseRecord } from './check-record.ts';
import type { Data } from './contents.ts';
import { type Line, Lines } from './lines.ts';
import type { Reader } from './reader.ts';

export interface RecordsPowers {
  readonly bus: Pick<Bus, 'request'>;
  readonly plugin: string;
  readonly kind: string;
  /** Whether it is only asked what would come of it. */
  readonly dry: boolean;
  /** Every record that was met so far, as plugin/kind/id. */
  readonly seen: Set<string>;
  /** Told what is wrong; what it is told of goes nowhere. */
  readonly problem: (problem: string, line: number) => void;
  /** A record as its plugin takes it. @returns what is wrong with it where it cannot be */
  readonly prepare: (data: Data) => Data | string;
  readonly outcome: (outcome: ExportOutcome, data: Data) => void;
}

interface Waiting {
  readonly line: number;
  readonly data: Data;
  readonly prepared: Data;
}

const TIMEOUT_MS = 120_000;
const RECORDS_AT_ONCE = 100;
const MOST_CHARACTERS = 500_000;

/** Reads the records of one kind and asks their plugin what comes of them, or has it take them. */
export class RecordsReader implements Reader {
  readonly #powers: RecordsPowers;
  readonly #lines = new Lines();
  #waiting: Waiting[] = [];
  #characters = 0;

  constructor(powers: RecordsPowers) {
    this.#powers = powers;
  }

  async take(bytes: Uint8Array): Promise<void> {
    for (const line of this.#lines.push(bytes)) await this.#line(line);
  }

  async end(): Promise<void> {
    for (const line of this.#lines.end()) await this.#line(line);
    await this.#flush();
  }

  async #line({ number, text = '', problem }: Line): Promise<void> {
    const { plugin, kind, seen, prepare } = this.#powers;
    const data = problem ?? parseRecord(plugin, kind, text);
    if (typeof data === 'string') return this.#powers.problem(data, number);
    const key = `${plugin}/${kind}/${String(data['id'])}`;
    if (seen.has(key)) return this.#powers.problem('its id was there before', number);
    seen.add(key);
    const prepared = prepare(data);
    if (typeof prepared === 'string') return this.#powers.problem(prepared, number);
    this.#waiting.push({ line: number, data, prepared });
    this.#characters += text.length;
    if (this.#waiting.length >= RECORDS_AT_ONCE || this.#characters >= MOST_CHARACTERS) await this.#flush();
  }

  async #flush(): Promise<void> {
    const { bus, plugin, kind, dry, seen, problem, outcome } = this.#powers;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    this.#characters = 0;
    const asked = { kind, records: waiting.map(({ prepared }) => prepared), dry };
    const { outcomes } = await bus.request(`plugin.${plugin}.export.add.v1`, asked, { timeoutMs: TIMEOUT_MS });
    for (const [at, { line, data }] of waiting.entries()) {
      const told = outcomes[at] ?? { is: 'refused' as const };
      const isMissing = told.needs !== undefined && !seen.has(`${plugin}/${told.needs}`);
      if (isMissing) problem(`${told.needs?.split('/')[0]} has to hold what it belongs to, and does not`, line);
      else outcome(told, data);
    }
  }
}
