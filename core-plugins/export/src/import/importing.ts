import { AicoError, type Bus, type ExportFile, type ImportFeed, type ImportStep } from '@aico/sdk';
import { MANIFEST } from '../run-export.ts';
import type { Source } from '../sources.ts';
import { Adding } from './adding.ts';
import { Checking } from './checking.ts';
import { Contents } from './contents.ts';
import { IncomingFile } from './incoming-file.ts';
import { ManifestReader, unreadable } from './manifest.ts';
import type { Pass } from './pass.ts';
import type { Reader } from './reader.ts';
import { RecordsReader } from './records-reader.ts';

const ABSENT = 'it is not there, or cannot be read';

/**
 * One import, from the manifest to the last record. It asks for one file after another: first to look through all of them, and
 * nothing is added; then, when nothing is wrong and its user says so, once more to add what is new.
 */
export class Importing {
  readonly id: string = crypto.randomUUID();
  readonly #bus: Pick<Bus, 'request'>;
  readonly #sources: readonly Source[];
  #phase: ImportStep['phase'] = 'check';
  #queue: ExportFile[] = [{ path: MANIFEST, size: 0, sha256: '' }];
  #contents: Contents;
  #checking: Checking;
  #pass: Pass;
  #incoming: IncomingFile | undefined;
  /** Every record that this pass met so far. */
  #seen = new Set<string>();
  #done = 0;
  #total = 0;

  constructor(bus: Pick<Bus, 'request'>, sources: readonly Source[]) {
    this.#bus = bus;
    this.#sources = sources;
    this.#contents = new Contents([], sources);
    this.#checking = new Checking(this.#contents);
    this.#pass = this.#checking;
  }

  step(): ImportStep {
    const next = this.#queue[0]?.path;
    const isOver = this.#phase === 'checked' || this.#phase === 'done';
    return {
      session: this.id,
      phase: this.#phase,
      ...(next !== undefined && { next }),
      done: this.#done,
      total: Math.max(this.#total, this.#done),
      ...(isOver && { report: this.#pass.tally.report() }),
    };
  }

  /** @throws AicoError EXPORT_IMPORT_ORDER, EXPORT_UNREADABLE, EXPORT_NEWER, EXPORT_CHANGED, or what a plugin answers */
  async feed({ file, offset, data, last, absent }: ImportFeed): Promise<ImportStep> {
    const entry = this.#queue[0];
    if (entry?.path !== file) throw order(file, entry === undefined ? 'it needs nothing' : `it needs ${entry.path}`);
    this.#incoming ??= new IncomingFile(entry, this.#readerOf(entry));
    const incoming = this.#incoming;
    if (offset !== incoming.bytes) throw order(file, `it goes on at ${incoming.bytes}, not at ${offset}`);
    try {
      if (absent) {
        if (file === MANIFEST) throw unreadable(ABSENT);
        this.#pass.problem(file, ABSENT);
        await incoming.reader.drop?.();
      } else {
        const bytes = Buffer.from(data, 'base64');
        this.#done += bytes.length;
        await incoming.take(bytes);
        if (!last) return this.step();
        if (file !== MANIFEST && !incoming.isAsListed())
          this.#pass.problem(file, 'it is not as the manifest says: it was changed, or cut off');
        await incoming.reader.end();
      }
    } catch (error) {
      await this.drop();
      throw error;
    }
    this.#incoming = undefined;
    this.#queue.shift();
    this.#goOn();
    return this.step();
  }

  /** Begins to add what was looked through. @throws AicoError EXPORT_INVALID, EXPORT_IMPORT_ORDER */
  add(): ImportStep {
    if (this.#phase !== 'checked') throw order(this.id, 'it is not looked through yet, or done');
    this.#checking.assertSound();
    this.#phase = 'add';
    this.#begin(new Adding(this.#bus, this.#contents, this.#checking.attached));
    this.#goOn();
    return this.step();
  }

  /** Lets go of what is half read. */
  async drop(): Promise<void> {
    const incoming = this.#incoming;
    this.#incoming = undefined;
    this.#queue = [];
    await incoming?.reader.drop?.().catch(() => undefined);
  }

  #begin(pass: Pass): void {
    this.#pass = pass;
    this.#seen = new Set();
    this.#done = 0;
    this.#total = 0;
    this.#want(pass.files);
  }

  #goOn(): void {
    if (this.#queue.length === 0) this.#want(this.#pass.more());
    if (this.#queue.length === 0) this.#phase = this.#phase === 'add' ? 'done' : 'checked';
  }

  #want(files: readonly ExportFile[]): void {
    this.#queue.push(...files);
    this.#total += files.reduce((sum, { size }) => sum + size, 0);
  }

  #readerOf(entry: ExportFile): Reader {
    if (entry.path === MANIFEST)
      return new ManifestReader(({ files }) => {
        this.#contents = new Contents(files, this.#sources);
        this.#checking = new Checking(this.#contents);
        this.#begin(this.#checking);
      });
    const pass = this.#pass;
    const records = pass.records.find(({ path }) => path === entry.path);
    if (records === undefined) return pass.readerOf(entry);
    const { path, plugin, kind } = records;
    return new RecordsReader({
      ...{ bus: this.#bus, plugin, kind, dry: pass.dry, seen: this.#seen },
      problem: (problem, line) => pass.problem(path, problem, line),
      prepare: (data) => (plugin === 'chat' && kind === 'messages' ? pass.message(data) : data),
      outcome: ({ is }, data) => {
        pass.tally.count(plugin, kind, is);
        if (is === 'new') pass.isNew(data);
      },
    });
  }
}

function order(subject: string, problem: string): AicoError {
  return new AicoError('EXPORT_IMPORT_ORDER', { subject, details: { problem } });
}
