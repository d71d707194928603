import { createHash } from 'node:crypto';
import {
  AicoError,
  type Attachment,
  type BlobInfo,
  type Bus,
  type ExportedFile,
  type ExportFile,
  type ImportFeed,
  type ImportStep,
} from '@aico/sdk';
import { MANIFEST } from '../run-export.ts';
import type { Source } from '../sources.ts';
import { parseManifest, unreadable } from './manifest.ts';
import type { Reader } from './reader.ts';
import { RecordsReader } from './records-reader.ts';
import { Tally } from './tally.ts';
import { Upload } from './upload.ts';

type Data = Readonly<Record<string, unknown>>;
type RecordsFile = ExportFile & Required<Pick<ExportFile, 'plugin' | 'kind'>>;

const MOST_MANIFEST_BYTES = 64 * 1024 * 1024;

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
  #records: RecordsFile[] = [];
  #files: ReadonlyMap<string, ExportFile> = new Map();
  /** Attached files of messages that are new here, and what they are kept as. */
  readonly #wanted = new Set<string>();
  readonly #kept = new Map<string, BlobInfo>();
  #seen = new Set<string>();
  #tally = new Tally();
  #reader: Reader | undefined;
  #hash = createHash('sha256');
  #offset = 0;
  #done = 0;
  #total = 0;

  constructor(bus: Pick<Bus, 'request'>, sources: readonly Source[]) {
    this.#bus = bus;
    this.#sources = sources;
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
      ...(isOver && { report: this.#tally.report() }),
    };
  }

  /** @throws AicoError EXPORT_IMPORT_ORDER, EXPORT_UNREADABLE, EXPORT_NEWER, EXPORT_CHANGED, or what a plugin answers */
  async feed({ file, offset, data, last, absent }: ImportFeed): Promise<ImportStep> {
    const entry = this.#queue[0];
    if (entry?.path !== file) throw order(file, entry === undefined ? 'it needs nothing' : `it needs ${entry.path}`);
    if (offset !== this.#offset) throw order(file, `it goes on at ${this.#offset}, not at ${offset}`);
    this.#reader ??= this.#readerOf(entry);
    try {
      if (absent) {
        if (file === MANIFEST) throw unreadable('it is not there, or cannot be read');
        this.#problem(file, 'it is not there, or cannot be read');
      } else {
        const bytes = Buffer.from(data, 'base64');
        this.#hash.update(bytes);
        this.#offset += bytes.length;
        this.#done += bytes.length;
        await this.#reader.take(bytes);
        if (!last) return this.step();
        this.#checkSum(entry);
        await this.#reader.end();
      }
    } catch (error) {
      await this.drop();
      throw error;
    }
    if (absent) await this.#reader.drop?.();
    this.#reader = undefined;
    this.#hash = createHash('sha256');
    this.#offset = 0;
    this.#queue.shift();
    if (this.#queue.length === 0) this.#goOn();
    return this.step();
  }

  /** Begins to add what was looked through. @throws AicoError EXPORT_INVALID, EXPORT_IMPORT_ORDER */
  add(): ImportStep {
    if (this.#phase !== 'checked') throw order(this.id, 'it is not looked through yet, or done');
    const [first] = this.#tally.problems;
    if (first !== undefined) {
      const { more } = this.#tally.report();
      const subject = first.line === undefined ? first.file : `${first.file}, line ${first.line}`;
      const details = { count: this.#tally.problems.length + more, problem: first.problem };
      throw new AicoError('EXPORT_INVALID', { subject, details });
    }
    this.#phase = 'add';
    this.#tally = new Tally();
    this.#seen = new Set();
    this.#done = 0;
    this.#total = 0;
    this.#records = this.#takenFrom([...this.#files.values()]);
    this.#want([...[...this.#wanted].map((path) => this.#fileOf(path)), ...this.#records]);
    if (this.#queue.length === 0) this.#goOn();
    return this.step();
  }

  /** Lets go of what is half read. */
  async drop(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#queue = [];
    await reader?.drop?.().catch(() => undefined);
  }

  #goOn(): void {
    const isAdding = this.#phase === 'add';
    // Attached files are looked at once it is known whose messages are new.
    const unread = isAdding ? [] : [...this.#wanted].filter((path) => !this.#seen.has(path));
    for (const path of unread) this.#seen.add(path);
    this.#want(unread.map((path) => this.#fileOf(path)));
    if (this.#queue.length > 0) return;
    this.#tally.files = isAdding ? this.#kept.size : this.#wanted.size;
    this.#phase = isAdding ? 'done' : 'checked';
    this.#seen = new Set();
  }

  #want(files: readonly ExportFile[]): void {
    this.#queue.push(...files);
    this.#total += files.reduce((sum, { size }) => sum + size, 0);
  }

  #fileOf(path: string): ExportFile {
    return this.#files.get(path) ?? { path, size: 0, sha256: '' };
  }

  #readerOf(entry: ExportFile): Reader {
    if (entry.path === MANIFEST) return this.#manifestReader();
    const dry = this.#phase === 'check';
    const records = this.#records.find(({ path }) => path === entry.path);
    if (records !== undefined) {
      const { path, plugin, kind } = records;
      return new RecordsReader({
        ...{ bus: this.#bus, plugin, kind, dry, seen: this.#seen },
        problem: (problem, line) => this.#problem(path, problem, line),
        prepare: (data) => (plugin === 'chat' && kind === 'messages' ? this.#prepare(data, dry) : data),
        outcome: ({ is }, data) => {
          this.#tally.count(plugin, kind, is);
          if (is === 'new' && dry)
            for (const { file } of attachedTo(data)) if (file !== undefined) this.#wanted.add(file);
        },
      });
    }
    if (dry) return { take: async () => {}, end: async () => {} };
    return new Upload(this.#bus, (blob) => this.#kept.set(entry.path, blob));
  }

  #manifestReader(): Reader {
    const pieces: Uint8Array[] = [];
    return {
      take: async (bytes) => {
        pieces.push(bytes);
        if (this.#offset > MOST_MANIFEST_BYTES) throw unreadable('it is too long');
      },
      end: async () => {
        const { formats, files } = parseManifest(Buffer.concat(pieces));
        if (!formats.includes('jsonl')) throw unreadable('it holds no JSON Lines, and nothing else can be imported');
        this.#files = new Map(files.map((file) => [file.path, file]));
        this.#records = this.#takenFrom(files);
        this.#want(this.#records);
        this.#done = 0;
      },
    };
  }

  /** Files whose records can be taken back here; of others it is told why not. */
  #takenFrom(files: readonly ExportFile[]): RecordsFile[] {
    return files.flatMap((file) => {
      const { plugin, kind } = file;
      if (plugin === undefined || kind === undefined) return [];
      const source = this.#sources.find((each) => each.plugin === plugin);
      if (source?.imports && source.runs) return [{ ...file, plugin, kind }];
      this.#tally.leave(plugin, kind, source === undefined || source.imports ? 'absent' : 'reading');
      return [];
    });
  }

  /** A message as the chat takes it: its files by what they are kept as. */
  #prepare(data: Data, dry: boolean): Data | string {
    const { attachments: _, ...rest } = data;
    const files = attachedTo(data);
    for (const { file, size } of files)
      if (file !== undefined && this.#files.get(file)?.size !== size)
        return `its file ${file} is not in the manifest, or of another size`;
    if (dry || files.length === 0) return rest;
    const attachments = files.flatMap(({ file, name, type }): Attachment[] => {
      const blob = this.#kept.get(file ?? '');
      return blob === undefined ? [] : [{ id: blob.id, name, type, size: blob.size }];
    });
    return { ...rest, ...(attachments.length > 0 && { attachments }) };
  }

  #checkSum({ path, size, sha256 }: ExportFile): void {
    const sum = this.#hash.digest('hex');
    if (path === MANIFEST || (sum === sha256 && size === this.#offset)) return;
    this.#problem(path, 'it is not as the manifest says: it was changed, or cut off');
  }

  /** While it is looked through, what is wrong is gathered; later, it ends there. */
  #problem(file: string, problem: string, line?: number): void {
    if (this.#phase === 'check') {
      this.#tally.problem(file, problem, line);
      return;
    }
    const details = { problem: line === undefined ? problem : `line ${line}: ${problem}` };
    throw new AicoError('EXPORT_CHANGED', { subject: file, details });
  }
}

function attachedTo(data: Data): readonly ExportedFile[] {
  return (data['attachments'] as readonly ExportedFile[] | undefined) ?? [];
}

function order(subject: string, problem: string): AicoError {
  return new AicoError('EXPORT_IMPORT_ORDER', { subject, details: { problem } });
}
