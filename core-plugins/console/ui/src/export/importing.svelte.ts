import type { ImportFeed, ImportReport, ImportStep } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';
import { encodeBase64 } from '../talk/attach/base64.ts';
import { type PickedFiles, pickedFiles } from './picked-files.ts';

/** As many as a message may carry of a file. */
const PIECE_BYTES = 196_608;
const TIMEOUT_MS = 10 * 60_000;

/** One import from what was picked to what came of it: first it is looked through, then what is new is added. */
export class Importing {
  readonly #bus: Bus;
  #files: PickedFiles | undefined;
  #step = $state.raw<ImportStep | undefined>();
  #failed = $state.raw<ApiError | undefined>();
  #isNone = $state(false);
  #isRunning = $state(false);
  #isStopped = false;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get failed(): ApiError | undefined {
    return this.#failed;
  }
  /** What was picked is no export. */
  get isNone(): boolean {
    return this.#isNone;
  }
  get isRunning(): boolean {
    return this.#isRunning;
  }
  /** Where it is. */
  get step(): ImportStep | undefined {
    return this.#step;
  }
  get report(): ImportReport | undefined {
    return this.#step?.report;
  }

  async look(picked: readonly File[]): Promise<void> {
    await this.giveUp();
    this.#isNone = false;
    this.#failed = undefined;
    await this.#run(async () => {
      this.#files = await pickedFiles(picked);
      this.#isNone = this.#files === undefined;
      if (this.#files !== undefined) await this.#feed(await this.#bus.request('export.import.begin.v1', {}));
    });
  }

  async add(): Promise<void> {
    const session = this.#step?.session;
    if (session !== undefined)
      await this.#run(async () => this.#feed(await this.#bus.request('export.import.add.v1', { session })));
  }

  /** Ends it where it is. What was added stays. */
  stop(): void {
    this.#isStopped = true;
  }

  async giveUp(): Promise<void> {
    const session = this.#step?.session;
    const isOver = this.#step?.phase === 'done';
    this.#step = undefined;
    if (session !== undefined && !isOver)
      await this.#bus.request('export.import.end.v1', { session }).catch(() => undefined);
  }

  async #run(work: () => Promise<void>): Promise<void> {
    this.#isRunning = true;
    this.#isStopped = false;
    try {
      await work();
    } catch (error) {
      await this.giveUp();
      this.#failed = toApiError(error);
    } finally {
      this.#isRunning = false;
    }
  }

  /** Gives it every file that it asks for. */
  async #feed(begun: ImportStep): Promise<void> {
    this.#step = begun;
    while (this.#step?.next !== undefined) {
      const { session, next: file } = this.#step;
      const send = async (piece: Omit<ImportFeed, 'session' | 'file'>): Promise<void> => {
        this.#step = await this.#bus.request(
          'export.import.feed.v1',
          { session, file, ...piece },
          { timeoutMs: TIMEOUT_MS },
        );
      };
      const content = this.#files?.open(file);
      if (content === undefined) await send({ offset: 0, data: '', absent: true });
      else await this.#sendFile(content, send);
      if (this.#isStopped) return this.giveUp();
    }
  }

  async #sendFile(
    content: ReadableStream<Uint8Array>,
    send: (piece: Pick<ImportFeed, 'offset' | 'data' | 'last'>) => Promise<void>,
  ): Promise<void> {
    let offset = 0;
    for await (const piece of piecesOf(content)) {
      for (let at = 0; at < piece.length && !this.#isStopped; at += PIECE_BYTES) {
        const bytes = piece.subarray(at, at + PIECE_BYTES);
        await send({ offset, data: encodeBase64(bytes) });
        offset += bytes.length;
      }
      if (this.#isStopped) return;
    }
    await send({ offset, data: '', last: true });
  }
}

/** The pieces of a stream, in browsers that cannot walk it yet, too. */
async function* piecesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
