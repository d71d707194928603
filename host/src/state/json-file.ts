import { readFileSync, renameSync } from 'node:fs';
import { AicoError, type Notice } from '@aico/schemas';
import { problemOf } from '../problem.ts';
import { writeFileAtomically } from './atomic-file.ts';

/** Told about files that had to be set aside. */
export type NoticeHandler = (notice: Notice) => void;

/** What a JSON file is and when its content counts as read. */
export interface JsonFileFields<Content> {
  readonly path: string;
  /** The content, or undefined when the data is something else. */
  readonly parse: (data: unknown) => Content | undefined;
  readonly onNotice: NoticeHandler;
}

/**
 * A JSON file of the host's own, written whole and one write at a time. What cannot be read is set aside under a new
 * name and told about: it is never overwritten.
 */
export class JsonFile<Content> {
  readonly #path: string;
  readonly #parse: (data: unknown) => Content | undefined;
  readonly #onNotice: NoticeHandler;
  #writing: Promise<void> = Promise.resolve();

  constructor({ path, parse, onNotice }: JsonFileFields<Content>) {
    this.#path = path;
    this.#parse = parse;
    this.#onNotice = onNotice;
  }

  /** The content, or undefined when there is none. */
  read(): Content | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const content = this.#parse(parseJson(text));
    if (content === undefined) this.#setAside();
    return content;
  }

  /** Writes after every write before it. @throws AicoError HOST_STATE_UNWRITABLE */
  write(content: Content): Promise<void> {
    const text = `${JSON.stringify(content, undefined, 2)}\n`;
    const written = this.#writing.then(() => writeFileAtomically(this.#path, text));
    this.#writing = written.catch(() => undefined);
    return written.catch((error: unknown) => {
      const details = { problem: problemOf(error) };
      throw new AicoError('HOST_STATE_UNWRITABLE', { subject: this.#path, details, cause: error });
    });
  }

  #setAside(): void {
    const aside = `${this.#path}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    renameSync(this.#path, aside);
    const { code, message, fix } = new AicoError('HOST_STATE_DAMAGED', { subject: this.#path, details: { aside } });
    this.#onNotice({ code, message: message.slice(0, 500), fix });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
