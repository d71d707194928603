import type { AuditRecord } from '@aico/sdk';
import { AUDIT, type Row } from '../tables.ts';
import type { Feed, FeedParts } from './feed.ts';

const ROWS_AT_ONCE = 2_000;

/** Records of the audit. One export is one record of it that somebody looked, where pages would be one each. */
export class AuditFeed implements Feed {
  readonly tables = [AUDIT];
  #number = 0;
  #time: string | undefined;

  async run(parts: FeedParts): Promise<void> {
    const { bus, engine, signal } = parts;
    const { records, oldest } = await bus.request('audit.status.get.v1', {}, { signal });
    if (oldest === undefined) await this.#begin(parts);
    else await engine.remove(AUDIT, 'time < ?::timestamp', oldest);
    await this.#readNew(parts);
    // Fewer than there should be: a clock that went back, or another audit than before.
    if ((await engine.count(AUDIT)) >= records) return;
    await this.#begin(parts);
    await this.#readNew(parts);
  }

  async #begin({ engine }: FeedParts): Promise<void> {
    await engine.replace(AUDIT, []);
    this.#number = 0;
    this.#time = undefined;
  }

  async #readNew({ bus, engine, signal, onRead }: FeedParts): Promise<void> {
    const since = this.#time === undefined ? {} : { since: this.#time };
    const stream = bus.stream('audit.export.v1', { format: 'jsonl', ...since }, { signal });
    let rest = '';
    let rows: Row[] = [];
    let read = 0;
    const put = async (): Promise<void> => {
      await engine.add(AUDIT, rows);
      read += rows.length;
      rows = [];
      await onRead(AUDIT.name, read);
    };
    for await (const { text } of stream) {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const record = JSON.parse(line) as AuditRecord;
        if (record.number <= this.#number) continue;
        this.#number = record.number;
        this.#time = record.time;
        rows.push(recordRow(record));
      }
      if (rows.length >= ROWS_AT_ONCE) await put();
    }
    await stream.result;
    await put();
  }
}

function recordRow({ number, time, source, kind, plugin, by, details }: AuditRecord): Row {
  return [number, time, source, kind, plugin, by, details === undefined ? undefined : JSON.stringify(details)];
}
