import type { BlobInfo, Bus } from '@aico/sdk';
import type { Reader } from './reader.ts';

/** Hands an attached file on to the chat, which keeps it once all of it has come. */
export class Upload implements Reader {
  readonly #bus: Pick<Bus, 'request'>;
  readonly #kept: (blob: BlobInfo) => void;
  #upload: string | undefined;
  #offset = 0;

  constructor(bus: Pick<Bus, 'request'>, kept: (blob: BlobInfo) => void) {
    this.#bus = bus;
    this.#kept = kept;
  }

  async take(bytes: Uint8Array): Promise<void> {
    const piece = { offset: this.#offset, data: Buffer.from(bytes).toString('base64') };
    const upload = this.#upload === undefined ? {} : { upload: this.#upload };
    this.#upload = (await this.#bus.request('chat.attachment.write.v1', { ...upload, ...piece })).upload;
    this.#offset += bytes.length;
  }

  async end(): Promise<void> {
    if (this.#upload !== undefined)
      this.#kept(await this.#bus.request('chat.attachment.finish.v1', { upload: this.#upload }));
  }

  async drop(): Promise<void> {
    if (this.#upload !== undefined) await this.#bus.request('chat.attachment.abort.v1', { upload: this.#upload });
  }
}
