import { type Asset, isAicoError } from '@aico/sdk';
import { compress, type Encoding, isCompressible } from './compress.ts';

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** A file of the app, ready to send. */
export interface CachedAsset {
  readonly contentType: string;
  /** Without quotes. */
  readonly etag: string;
  readonly body: Buffer;
  /** The body in an encoding; undefined when that would not make it smaller. */
  encoded(encoding: Encoding): Promise<Buffer | undefined>;
}

/** Keeps the files that the console plugin answered with, and their compressed forms, until it changes. */
export class AssetCache {
  readonly #ask: (path: string) => Promise<Asset>;
  readonly #assets = new Map<string, Promise<CachedAsset | undefined>>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(ask: (path: string) => Promise<Asset>, maxBytes: number = DEFAULT_MAX_BYTES) {
    this.#ask = ask;
    this.#maxBytes = maxBytes;
  }

  /** A file, or undefined when the console has none of that name. @throws AicoError when there is no console */
  get(path: string): Promise<CachedAsset | undefined> {
    const known = this.#assets.get(path);
    if (known !== undefined) return known;
    const asset = this.#load(path);
    this.#assets.set(path, asset);
    const forget = (): void => {
      if (this.#assets.get(path) === asset) this.#assets.delete(path);
    };
    // What is missing is not kept: names are free to invent.
    asset.then((found) => found ?? forget(), forget);
    return asset;
  }

  /** Forgets everything. */
  clear(): void {
    this.#assets.clear();
    this.#bytes = 0;
  }

  async #load(path: string): Promise<CachedAsset | undefined> {
    try {
      return this.#prepare(await this.#ask(path));
    } catch (error) {
      if (isAicoError(error) && error.status === 404 && !error.code.startsWith('KERNEL_')) return undefined;
      throw error;
    }
  }

  #prepare({ contentType, body: base64, etag }: Asset): CachedAsset {
    const body = Buffer.from(base64, 'base64');
    const compressed = new Map<Encoding, Promise<Buffer | undefined>>();
    this.#count(body.length);
    return {
      contentType,
      etag: etag.replace(/^W\//, '').replaceAll(/[^\w.-]/g, ''),
      body,
      encoded: (encoding) => {
        if (!isCompressible(contentType, body.length)) return Promise.resolve(undefined);
        const known = compressed.get(encoding);
        if (known !== undefined) return known;
        const smaller = compress(body, encoding).then((bytes) => {
          this.#count(bytes.length);
          return bytes.length < body.length ? bytes : undefined;
        });
        compressed.set(encoding, smaller);
        return smaller;
      },
    };
  }

  /** An app of that size does not exist; if one does, it is asked for again rather than kept whole. */
  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes) this.clear();
  }
}
