import {
  AicoError,
  type Attachment,
  type Blobs,
  type Bus,
  type ClockWatch,
  type NewAttachment,
  type Storage,
} from '@aico/sdk';
import { SharedLock } from './shared-lock.ts';

const PAGE = 1000;
/** For so long an uploaded file waits for the message that it goes with. */
const WAITS_DAYS = 1;
const DAY_MS = 24 * 3_600_000;

export interface AttachmentPowers {
  readonly bus: Pick<Bus, 'request' | 'serve' | 'serveStream'>;
  readonly blobs: Blobs;
  readonly storage: Pick<Storage, 'batch' | 'query'>;
  /** ms since 1970. */
  readonly now: () => number;
  readonly clock: Pick<ClockWatch, 'believed'>;
}

/**
 * Files that go with messages: blobs of this plugin's, each kept for as long as a message names it, and for a day until the first
 * does. The same content is the same file: nobody takes one while one is deleted.
 */
export class Attachments {
  readonly #powers: AttachmentPowers;
  /** For each look for what nobody names: what came since it began. */
  readonly #arrived = new Set<Set<string>>();
  readonly #lock = new SharedLock();

  constructor(powers: AttachmentPowers) {
    this.#powers = powers;
  }

  /** What was uploaded, with the size that it has. @throws AicoError CHAT_ATTACHMENT_UNKNOWN */
  confirm(uploaded: readonly NewAttachment[]): Promise<Attachment[]> {
    return Promise.all(
      uploaded.map(({ id, name, type }) =>
        this.#lock.shared(async () => {
          const blob = await this.#powers.blobs.stat(id);
          if (blob === undefined) throw new AicoError('CHAT_ATTACHMENT_UNKNOWN', { subject: name });
          await this.#await(id);
          return { id, name, type, size: blob.size };
        }),
      ),
    );
  }

  /** Takes a file that a message will name soon. @param take stores it */
  expect<File extends { readonly id: string }>(take: () => Promise<File>): Promise<File> {
    return this.#lock.shared(async () => {
      const file = await take();
      await this.#await(file.id);
      return file;
    });
  }

  /** Deletes what was uploaded and is not sent after all. Whether it was there, and no message names it. */
  async delete(id: string): Promise<boolean> {
    return this.#lock.alone(async () => !(await this.#named()).has(id) && this.#powers.blobs.delete(id));
  }

  /** Lets go of every file that no message names: of messages that are gone, and what was not sent in a day. How many there were. */
  async collect(): Promise<number> {
    const { blobs } = this.#powers;
    const arrived = new Set<string>();
    this.#arrived.add(arrived);
    try {
      const kept = (await this.#awaited()).union(await this.#named());
      let gone = 0;
      for (let after: string | undefined; ; ) {
        const page = await blobs.list({ limit: PAGE, ...(after !== undefined && { after }) });
        for (const { id } of page.blobs)
          if (!kept.has(id) && (await this.#lock.alone(async () => !arrived.has(id) && blobs.delete(id)))) gone += 1;
        if (page.next === undefined) return gone;
        after = page.next;
      }
    } finally {
      this.#arrived.delete(arrived);
    }
  }

  /** Answers those who attach files and read them. Its own blobs lie behind: whoever asks sees no other plugin's. */
  async serve(): Promise<void> {
    const { bus, blobs } = this.#powers;
    await bus.serve('chat.attachment.write.v1', ({ data }) => bus.request('blob.write.v1', data));
    await bus.serve('chat.attachment.finish.v1', ({ data }) => this.expect(() => bus.request('blob.finish.v1', data)));
    await bus.serve('chat.attachment.abort.v1', ({ data }) => bus.request('blob.abort.v1', data));
    await bus.serve('chat.attachment.delete.v1', async ({ data }) => ({ deleted: await this.delete(data.id) }));
    await bus.serveStream('chat.attachment.read.v1', async ({ data: { id } }, stream) => {
      let size = 0;
      for await (const piece of blobs.read(id)) {
        size += piece.length;
        await stream.write({ data: piece.toBase64() });
      }
      return { id, size };
    });
  }

  /** Remembers that a message is to name a file. */
  async #await(file: string): Promise<void> {
    for (const arrived of this.#arrived) arrived.add(file);
    const sql = 'insert into upload (file, at) values (?, ?) on conflict do update set at = excluded.at';
    await this.#powers.storage.batch([{ sql, values: [file, this.#powers.now()] }]);
  }

  /** Files that a message is to name; whatever waits too long is waited for no more. None does while the clock is not believed. */
  async #awaited(): Promise<Set<string>> {
    const { clock, storage } = this.#powers;
    const now = await clock.believed([WAITS_DAYS]);
    if (now !== undefined) {
      await storage.batch([
        // Of a clock that was ahead: nobody knows since when they wait.
        { sql: 'update upload set at = ?1 where at > ?1', values: [now] },
        { sql: 'delete from upload where ? - at > ?', values: [now, WAITS_DAYS * DAY_MS] },
      ]);
    }
    const rows = await storage.query<{ readonly file: string }>('select file from upload');
    return new Set(rows.map(({ file }) => file));
  }

  async #named(): Promise<Set<string>> {
    const rows = await this.#powers.storage.query<{ readonly id: string }>(
      `select distinct json_extract(attached.value, '$.id') as id
       from message, json_each(message.extra, '$.attachments') as attached`,
    );
    return new Set(rows.map(({ id }) => id));
  }
}
