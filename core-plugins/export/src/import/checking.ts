import { AicoError, type ExportFile } from '@aico/sdk';
import { attachedTo, type Contents, type Data, type RecordsFile } from './contents.ts';
import type { Pass } from './pass.ts';
import type { Reader } from './reader.ts';
import { Tally } from './tally.ts';

/** Looks through all files: what is wrong is gathered, and nothing is added. */
export class Checking implements Pass {
  readonly dry = true;
  readonly tally: Tally = new Tally();
  readonly records: readonly RecordsFile[];
  readonly #contents: Contents;
  readonly #attached = new Set<string>();
  #asked = 0;

  constructor(contents: Contents) {
    this.#contents = contents;
    this.records = contents.recordsFor(this.tally);
  }

  get files(): readonly ExportFile[] {
    return this.records;
  }

  /** Attached files of messages that are new here. */
  get attached(): readonly ExportFile[] {
    return [...this.#attached].map((path) => this.#contents.fileAt(path));
  }

  /** Attached files are looked at once it is known whose messages are new. */
  more(): readonly ExportFile[] {
    const unread = this.attached.slice(this.#asked);
    this.#asked += unread.length;
    return unread;
  }

  /** Its sum is all that matters. */
  readerOf(): Reader {
    return { take: async () => {}, end: async () => {} };
  }

  message(data: Data): Data | string {
    const { attachments: _, ...rest } = data;
    return this.#contents.problemOf(data) ?? rest;
  }

  isNew(data: Data): void {
    for (const { file } of attachedTo(data)) if (file !== undefined) this.#attached.add(file);
    this.tally.files = this.#attached.size;
  }

  problem(file: string, problem: string, line?: number): void {
    this.tally.problem(file, problem, line);
  }

  /** @throws AicoError EXPORT_INVALID with the first problem */
  assertSound(): void {
    const { problems, more } = this.tally.report();
    const [first] = problems;
    if (first === undefined) return;
    const subject = first.line === undefined ? first.file : `${first.file}, line ${first.line}`;
    throw new AicoError('EXPORT_INVALID', {
      subject,
      details: { count: problems.length + more, problem: first.problem },
    });
  }
}
