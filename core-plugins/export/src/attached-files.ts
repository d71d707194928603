import { type Attachment, type Bus, type ExportedFile, isAicoError } from '@aico/sdk';
import type { Output } from './output.ts';

type Data = Readonly<Record<string, unknown>>;

const SILENCE_MS = 120_000;
const FOLDER = 'files';
/** What is not to be had now is left out, and counted. */
const UNREADABLE: ReadonlySet<string> = new Set(['BLOB_UNKNOWN', 'BLOB_DAMAGED', 'BLOB_NEWER']);

/** Files that go with messages: each is written once, and named in the export by where it lies there. */
export class AttachedFiles {
  readonly #bus: Pick<Bus, 'stream'>;
  readonly #output: Output;
  readonly #placed = new Map<string, string | undefined>();

  constructor(bus: Pick<Bus, 'stream'>, output: Output) {
    this.#bus = bus;
    this.#output = output;
  }

  /** How many could not be read any more. */
  get leftOut(): number {
    return [...this.#placed.values()].filter((path) => path === undefined).length;
  }

  /** A record as it is exported: its files are written, and named by their paths. */
  async placed(plugin: string, kind: string, data: Data): Promise<Data> {
    const attachments = data['attachments'] as readonly Attachment[] | undefined;
    if (plugin !== 'chat' || kind !== 'messages' || attachments === undefined) return data;
    const placed: ExportedFile[] = [];
    for (const { id, name, type, size } of attachments) {
      if (!this.#placed.has(id)) this.#placed.set(id, await this.#write(id, name));
      const file = this.#placed.get(id);
      placed.push({ ...(file !== undefined && { file }), name, type, size });
    }
    return { ...data, attachments: placed };
  }

  /** @returns where it is, or undefined when there is none any more */
  async #write(id: string, name: string): Promise<string | undefined> {
    const path = `${FOLDER}/${String(this.#placed.size + 1).padStart(6, '0')}-${safeName(name)}`;
    const stream = this.#bus.stream('chat.attachment.read.v1', { id }, { timeoutMs: SILENCE_MS });
    let begun = false;
    try {
      for await (const { data } of stream) {
        begun = true;
        await this.#output.write(path, Buffer.from(data, 'base64'));
      }
      await stream.result;
    } catch (error) {
      const isGone = isAicoError(error) && UNREADABLE.has(error.code);
      if (isGone && !begun) return undefined;
      throw error;
    }
    if (!begun) await this.#output.write(path, '');
    await this.#output.end(path);
    return path;
  }
}

/** A name of letters, digits, `-` and `_` with an ending, whatever it was. */
export function safeName(name: string, otherwise = 'file'): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '');
  const [, stem = plain, ending = ''] = /^(.*?)(\.[A-Za-z0-9]{1,10})?$/s.exec(plain) ?? [];
  const safe = stem.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return `${safe.slice(0, 60) || otherwise}${ending}`;
}
