import { AicoError, type Attachment, type Blobs, type Bus, type NewAttachment, type Storage } from '@aico/sdk';

const PAGE = 1000;

export interface AttachmentPowers {
  readonly bus: Pick<Bus, 'request' | 'serve' | 'serveStream'>;
  readonly blobs: Blobs;
  readonly storage: Pick<Storage, 'query'>;
}

/** Files that go with messages: blobs of this plugin's, each kept for as long as a message names it. */
export class Attachments {
  readonly #powers: AttachmentPowers;

  constructor(powers: AttachmentPowers) {
    this.#powers = powers;
  }

  /** What was uploaded, with the size that it has. @throws AicoError CHAT_ATTACHMENT_UNKNOWN */
  confirm(uploaded: readonly NewAttachment[]): Promise<Attachment[]> {
    return Promise.all(
      uploaded.map(async ({ id, name, type }) => {
        const blob = await this.#powers.blobs.stat(id);
        if (blob === undefined) throw new AicoError('CHAT_ATTACHMENT_UNKNOWN', { subject: name });
        return { id, name, type, size: blob.size };
      }),
    );
  }

  /** Deletes what was uploaded and is not sent after all. Whether it was there, and no message names it. */
  async delete(id: string): Promise<boolean> {
    return !(await this.#named()).has(id) && this.#powers.blobs.delete(id);
  }

  /** Lets go of every file that no message names: of messages that are gone, and what was never sent. How many there were. */
  async collect(): Promise<number> {
    const { blobs } = this.#powers;
    const named = await this.#named();
    let gone = 0;
    for (let after: string | undefined; ; ) {
      const page = await blobs.list({ limit: PAGE, ...(after !== undefined && { after }) });
      for (const { id } of page.blobs) if (!named.has(id) && (await blobs.delete(id))) gone += 1;
      if (page.next === undefined) return gone;
      after = page.next;
    }
  }

  /** Answers those who attach files and read them. Its own blobs lie behind: whoever asks sees no other plugin's. */
  async serve(): Promise<void> {
    const { bus, blobs } = this.#powers;
    await bus.serve('chat.attachment.write.v1', ({ data }) => bus.request('blob.write.v1', data));
    await bus.serve('chat.attachment.finish.v1', ({ data }) => bus.request('blob.finish.v1', data));
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

  async #named(): Promise<Set<string>> {
    const rows = await this.#powers.storage.query<{ readonly id: string }>(
      `select distinct json_extract(attached.value, '$.id') as id
       from message, json_each(message.extra, '$.attachments') as attached`,
    );
    return new Set(rows.map(({ id }) => id));
  }
}
