import { AicoError, type Attachment, type BlobInfo, type Bus, type ExportFile } from '@aico/sdk';
import { attachedTo, type Contents, type Data, type RecordsFile } from './contents.ts';
import type { Pass } from './pass.ts';
import type { Reader } from './reader.ts';
import { Tally } from './tally.ts';
import { Upload } from './upload.ts';

/** Adds what is new: first the attached files, then the records that name them. What is wrong now ends it. */
export class Adding implements Pass {
  readonly dry = false;
  readonly tally: Tally = new Tally();
  readonly records: readonly RecordsFile[];
  readonly files: readonly ExportFile[];
  readonly #bus: Pick<Bus, 'request'>;
  readonly #contents: Contents;
  /** What attached files are kept as. */
  readonly #kept = new Map<string, BlobInfo>();

  constructor(bus: Pick<Bus, 'request'>, contents: Contents, attached: readonly ExportFile[]) {
    this.#bus = bus;
    this.#contents = contents;
    this.records = contents.recordsFor(this.tally);
    this.files = [...attached, ...this.records];
  }

  more(): readonly ExportFile[] {
    return [];
  }

  readerOf({ path }: ExportFile): Reader {
    return new Upload(this.#bus, (blob) => {
      this.#kept.set(path, blob);
      this.tally.files = this.#kept.size;
    });
  }

  message(data: Data): Data | string {
    const { attachments: _, ...rest } = data;
    const attachments = attachedTo(data).flatMap(({ file, name, type }): Attachment[] => {
      const blob = this.#kept.get(file ?? '');
      return blob === undefined ? [] : [{ id: blob.id, name, type, size: blob.size }];
    });
    return this.#contents.problemOf(data) ?? { ...rest, ...(attachments.length > 0 && { attachments }) };
  }

  isNew(): void {}

  problem(file: string, problem: string, line?: number): void {
    const details = { problem: line === undefined ? problem : `line ${line}: ${problem}` };
    throw new AicoError('EXPORT_CHANGED', { subject: file, details });
  }
}
