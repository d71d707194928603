import type { Output } from '../output.ts';
import { type Columns, ParquetFile } from './parquet-file.ts';
import type { Sink } from './sink.ts';

type Data = Readonly<Record<string, unknown>>;

const TABLES: Readonly<Record<string, Columns>> = {
  'chat/conversations': { id: 'text', title: 'text', named: 'boolean', createdAt: 'time', updatedAt: 'time' },
  'chat/messages': {
    ...{ id: 'text', conversation: 'text', place: 'integer', role: 'text', status: 'text', text: 'text' },
    ...{ createdAt: 'time', replyTo: 'text', provider: 'text', model: 'text', plugin: 'text' },
    ...{ usage: 'json', error: 'json', remembered: 'json', tools: 'json', attachments: 'json' },
  },
  'memory/memories': {
    ...{ id: 'text', text: 'text', when: 'time', conversation: 'text', message: 'text' },
    ...{ part: 'integer', asks: 'boolean' },
  },
  'memory/forgotten': { id: 'text', message: 'text', part: 'integer' },
  'analytics/queries': { id: 'text', name: 'text', sql: 'text', chart: 'text' },
  'kernel/settings': { plugin: 'text', key: 'text', value: 'json', source: 'text' },
  'kernel/consents': {
    ...{ id: 'text', name: 'text', verb: 'text', topic: 'text', words: 'text', data: 'text', purpose: 'text' },
    ...{ scope: 'json', granted: 'boolean', expired: 'boolean', until: 'time', at: 'time', how: 'text', by: 'text' },
  },
  'audit/records': {
    ...{ number: 'integer', time: 'time', source: 'text', kind: 'text', plugin: 'text', by: 'text' },
    ...{ details: 'json', run: 'integer', entry: 'integer', previous: 'text', hash: 'text' },
  },
};
/** Of what is not known here: what plugins tell of all that they keep, and the record as JSON beside it. */
const OTHER: Columns = { id: 'text', when: 'time', text: 'text', conversation: 'text', record: 'json' };

/** For tables: one for each kind. */
export class Parquet implements Sink {
  readonly #output: Output;
  readonly #files = new Map<string, ParquetFile>();

  constructor(output: Output) {
    this.#output = output;
  }

  async add(plugin: string, kind: string, data: Data): Promise<void> {
    const name = `${plugin}/${kind}`;
    const columns = TABLES[name];
    const path = `parquet/${plugin}-${kind}.parquet`;
    const file = this.#files.get(path) ?? new ParquetFile(columns ?? OTHER, (bytes) => this.#output.write(path, bytes));
    this.#files.set(path, file);
    await file.add(columns ? data : { ...data, record: data });
  }

  async end(): Promise<void> {
    for (const [path, file] of this.#files) {
      await file.end();
      await this.#output.end(path);
    }
  }
}
