import type { ExportedFile, ExportFile } from '@aico/sdk';
import type { Source } from '../sources.ts';
import type { Tally } from './tally.ts';

export type Data = Readonly<Record<string, unknown>>;
export type RecordsFile = ExportFile & Required<Pick<ExportFile, 'plugin' | 'kind'>>;

/** What an export holds, as its manifest says. */
export class Contents {
  readonly #files: ReadonlyMap<string, ExportFile>;
  readonly #sources: readonly Source[];

  constructor(files: readonly ExportFile[], sources: readonly Source[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#sources = sources;
  }

  fileAt(path: string): ExportFile {
    return this.#files.get(path) ?? { path, size: 0, sha256: '' };
  }

  /** Files whose records can be taken back here; of others the tally is told why not. */
  recordsFor(tally: Tally): RecordsFile[] {
    return [...this.#files.values()].flatMap((file) => {
      const { plugin, kind } = file;
      if (plugin === undefined || kind === undefined) return [];
      const source = this.#sources.find((each) => each.plugin === plugin);
      if (source?.imports && source.runs) return [{ ...file, plugin, kind }];
      tally.leave(plugin, kind, source === undefined || source.imports ? 'absent' : 'reading');
      return [];
    });
  }

  /** What is wrong with the files of a message. */
  problemOf(data: Data): string | undefined {
    const wrong = attachedTo(data).find(({ file, size }) => file !== undefined && this.#files.get(file)?.size !== size);
    return wrong && `its file ${wrong.file} is not in the manifest, or of another size`;
  }
}

export function attachedTo(data: Data): readonly ExportedFile[] {
  return (data['attachments'] as readonly ExportedFile[] | undefined) ?? [];
}
