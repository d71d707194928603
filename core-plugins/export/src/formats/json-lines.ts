import type { Output } from '../output.ts';
import type { Sink } from './sink.ts';

/** Everything, a line each, a file for each kind: what can be imported again. */
export class JsonLines implements Sink {
  readonly #output: Output;
  readonly #files = new Map<string, { readonly plugin: string; readonly kind: string; records: number }>();

  constructor(output: Output) {
    this.#output = output;
  }

  async add(plugin: string, kind: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    const path = `${plugin}/${kind}.jsonl`;
    const file = this.#files.get(path) ?? { plugin, kind, records: 0 };
    this.#files.set(path, file);
    file.records += 1;
    await this.#output.write(path, `${JSON.stringify(data)}\n`);
  }

  async end(): Promise<void> {
    for (const [path, about] of this.#files) await this.#output.end(path, about);
  }
}
