import type { ExportFile } from '@aico/sdk';
import type { Data, RecordsFile } from './contents.ts';
import type { Reader } from './reader.ts';
import type { Tally } from './tally.ts';

/** One way through the files of an export. */
export interface Pass {
  /** Whether plugins are only asked what would come of their records. */
  readonly dry: boolean;
  readonly tally: Tally;
  readonly records: readonly RecordsFile[];
  /** What it reads first. */
  readonly files: readonly ExportFile[];
  /** What it turned out to need beside them, each once. */
  more(): readonly ExportFile[];
  /** Takes a file that holds no records. */
  readerOf(file: ExportFile): Reader;
  /** A message as the chat takes it. @returns what is wrong with it where it cannot be */
  message(data: Data): Data | string;
  /** A record is new here. */
  isNew(data: Data): void;
  /** Something is wrong. @throws AicoError when that ends it */
  problem(file: string, problem: string, line?: number): void;
}
