import type { Attachment, BlobWritten } from '@aico/sdk';
import { type ApiError, toApiError } from '../../api/api-error.ts';
import type { Bus } from '../../api/bus.ts';
import { fileName, fileType, isReadable, isText, MOST_FILE_BYTES, MOST_FILES } from './attached-file.ts';
import { encodeBase64 } from './base64.ts';

const PIECE_BYTES = 196_608;
/** Files that are on their way at a time: few may be, and each is the sooner there. */
const AT_ONCE = 3;

/** A file on its way to be attached. */
export interface Upload {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Whether it is the text that it says it is; unknown of what was given back. */
  readonly readable?: boolean;
  /** Bytes that have arrived. */
  readonly sent: number;
  /** Set when all of it has arrived. */
  readonly id?: string;
  readonly error?: ApiError;
}

/** Why a file was not taken. */
export interface Refusal {
  readonly name: string;
  readonly reason: 'size' | 'count';
}

/** The files that are being attached to the next message. */
export class Uploads {
  readonly #bus: Pick<Bus, 'request'>;
  readonly #aborts = new Map<string, AbortController>();
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;
  #items = $state.raw<readonly Upload[]>([]);

  constructor(bus: Pick<Bus, 'request'>) {
    this.#bus = bus;
  }

  get items(): readonly Upload[] {
    return this.#items;
  }

  /** Whether all of them have arrived. */
  get ready(): boolean {
    return this.#items.every(({ id }) => id !== undefined);
  }

  /** Begins to send files; returns those that are too large or too many. */
  add(files: readonly File[]): readonly Refusal[] {
    const refused: Refusal[] = [];
    for (const file of files) {
      const name = fileName(file.name);
      if (file.size > MOST_FILE_BYTES) refused.push({ name, reason: 'size' });
      else if (this.#items.length >= MOST_FILES) refused.push({ name, reason: 'count' });
      else this.#begin(file, name);
    }
    return refused;
  }

  /** Takes a file away before it is sent. */
  remove(key: string): void {
    const item = this.#items.find((each) => each.key === key);
    this.#items = this.#items.filter((each) => each !== item);
    this.#aborts.get(key)?.abort();
    const { id } = item ?? {};
    // Attached twice, it is one file.
    if (id === undefined || this.#items.some((each) => each.id === id)) return;
    void this.#bus.request('chat.attachment.delete.v1', { id }).catch(() => {});
  }

  /** Hands over what has arrived, for a message. */
  take(): Attachment[] {
    const taken = this.#items.flatMap(({ id, name, type, size }) =>
      id === undefined ? [] : [{ id, name, type, size }],
    );
    this.#items = [];
    return taken;
  }

  #begin(file: File, name: string): void {
    const key = crypto.randomUUID();
    const abort = new AbortController();
    this.#aborts.set(key, abort);
    this.#items = [...this.#items, { key, name, type: fileType(file.type), size: file.size, sent: 0 }];
    this.#waiting.push(() =>
      this.#send(key, file, abort.signal)
        .catch((error: unknown) => this.#change(key, { error: toApiError(error) }))
        .finally(() => this.#aborts.delete(key)),
    );
    this.#goOn();
  }

  #goOn(): void {
    for (; this.#running < AT_ONCE; this.#running += 1) {
      const send = this.#waiting.shift();
      if (send === undefined) return;
      void send().finally(() => {
        this.#running -= 1;
        this.#goOn();
      });
    }
  }

  async #send(key: string, file: File, signal: AbortSignal): Promise<void> {
    // It was taken away before its turn came.
    if (signal.aborted) return;
    if (isText({ type: fileType(file.type) })) this.#change(key, { readable: await isReadable(file) });
    let written: BlobWritten | undefined;
    do {
      const offset = written?.offset ?? 0;
      const piece = new Uint8Array(await file.slice(offset, offset + PIECE_BYTES).arrayBuffer());
      written = await this.#bus.request('chat.attachment.write.v1', { offset, ...written, data: encodeBase64(piece) });
      this.#change(key, { sent: written.offset });
    } while (written.offset < file.size && !signal.aborted);
    const { upload } = written;
    if (signal.aborted) await this.#bus.request('chat.attachment.abort.v1', { upload });
    else this.#change(key, { id: (await this.#bus.request('chat.attachment.finish.v1', { upload })).id });
  }

  #change(key: string, change: Partial<Upload>): void {
    this.#items = this.#items.map((item) => (item.key === key ? { ...item, ...change } : item));
  }
}
