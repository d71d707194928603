import type { ExportOutcome } from '@aico/schemas';
import type { Undo } from './bus.ts';

/** Something of its user's that a plugin keeps. An export writes it as it is, with the fields that the plugin adds. */
export interface KeptRecord {
  /** Its own among all of its kind; 60 characters at most. */
  readonly id: string;
  /** When it was said, made or done. RFC 3339, UTC. */
  readonly when: string;
  /** What it says: it is shown, and searched for names. */
  readonly text: string;
  /** The conversation that it belongs to, and goes with. */
  readonly conversation?: string;
  readonly [more: string]: unknown;
}

/** One kind of what a plugin keeps, declared once for forgetting and for export. */
export interface RecordKind {
  /**
   * One of them, such as `note`: receipts count what was forgotten by it. Lower-case letters; `message`, `conversation`, `memory` and
   * `title` are the chat's and the memory's.
   */
  readonly one: string;
  /** All of them, such as `notes`: the file that an export writes. Lower-case letters. */
  readonly many: string;
  /**
   * The next of them, in an order of the plugin's own: the first when `after` is undefined, else those behind the one with that
   * id. As many as it likes, up to 1000; none when there are no more.
   */
  read(after: string | undefined): Promise<readonly KeptRecord[]>;
  /** Removes some for good, with all that was made of them. How many of them there were. */
  remove(ids: readonly string[]): Promise<number>;
  /**
   * Takes one back from an export, which somebody may have changed: its id, time and text are such, and other fields are anything.
   * What is here already stays as it is, and is `known`. Without this, an export holds them to be read alone.
   * @param dry only asks what would come of it
   */
  add?(record: KeptRecord, dry: boolean): Promise<ExportOutcome>;
}

/** What the plugin keeps of its user's, so that it is forgotten and exported with everything else. */
export interface Records {
  /**
   * Answers `plugin.<id>.forget.find.v1` and `.run.v1`, `plugin.<id>.export.read.v1`, and `.add.v1` where a kind takes back; the
   * manifest names them. Kinds come in the order in which they can be taken back. Register it in `activate`, once.
   */
  serve(kinds: readonly RecordKind[]): Promise<Undo>;
}
