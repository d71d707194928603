import type { Log, PluginContext, Undo } from '@aico/sdk';
import type { EmbeddingModel } from './embedding-model.ts';

/** What a model keeper needs. */
export interface ModelKeeperPowers {
  readonly load: () => Promise<EmbeddingModel>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly setTimer: PluginContext['setTimer'];
  readonly now: () => number;
  /** After so many ms without use the model is unloaded. */
  readonly idleMs: () => number;
  /** Called when the model was loaded. */
  readonly onReady: () => void;
}

const RETRY_MS = 60_000;

/** Loads the model in the background when it is wanted, and unloads it when it is idle. */
export class ModelKeeper {
  readonly #powers: ModelKeeperPowers;
  #model: EmbeddingModel | undefined;
  #loading: Promise<void> | undefined;
  #failedAt: number | undefined;
  #usedAt = 0;
  #timer: Undo | undefined;
  #closed = false;

  constructor(powers: ModelKeeperPowers) {
    this.#powers = powers;
  }

  get ready(): boolean {
    return this.#model !== undefined;
  }

  /** Begins to load the model unless it is there; resolves when it is, or could not be loaded. */
  async want(): Promise<void> {
    this.#usedAt = this.#powers.now();
    if (this.#model || this.#closed) return;
    if (this.#failedAt !== undefined && this.#usedAt - this.#failedAt < RETRY_MS) return;
    this.#loading ??= this.#load();
    await this.#loading;
  }

  /** Vectors of texts; undefined while there is no model, which is then on its way. */
  async embed(texts: readonly string[]): Promise<Float32Array[] | undefined> {
    const model = this.#model;
    if (!model) {
      void this.want();
      return undefined;
    }
    this.#usedAt = this.#powers.now();
    return model.embed(texts);
  }

  close(): void {
    this.#closed = true;
    void this.#timer?.();
    this.#unload();
  }

  async #load(): Promise<void> {
    const began = this.#powers.now();
    try {
      const model = await this.#powers.load();
      if (this.#closed) {
        model.unload();
        return;
      }
      this.#model = model;
      this.#failedAt = undefined;
      this.#powers.log.info('The embedding model is loaded.', { ms: Math.round(this.#powers.now() - began) });
      this.#watch();
      this.#powers.onReady();
    } catch (error) {
      this.#failedAt = this.#powers.now();
      this.#powers.log.warn('Memories are found by words alone.', { reason: String(error) });
    } finally {
      this.#loading = undefined;
    }
  }

  #watch(): void {
    const idle = this.#powers.now() - this.#usedAt;
    const left = this.#powers.idleMs() - idle;
    if (left > 0) {
      this.#timer = this.#powers.setTimer(left, () => this.#watch());
      return;
    }
    this.#unload();
    this.#powers.log.info('The embedding model is unloaded until it is needed.');
  }

  #unload(): void {
    this.#model?.unload();
    this.#model = undefined;
  }
}
