import { Buffer } from 'node:buffer';
import { AicoError, isAicoError, type TopicKey } from '@aico/schemas';
import type { Timers } from '../internal/timers.ts';
import { nodeCrypto } from './node-crypto.ts';

const KEY_BYTES = 32;
const HEX_KEY = /^[0-9a-f]{64}$/;
/** A receiver waits this long between tries. */
const RETRY_MS = 500;
/** What passes: the vault is closed, on its way, or starting anew. */
const PASSING: readonly string[] = [
  'KERNEL_NO_SERVER',
  'KERNEL_SERVER_GONE',
  'KERNEL_SERVER_BUSY',
  'KERNEL_REQUEST_TIMEOUT',
  'SDK_SEAL_STALE',
  'VAULT_LOCKED',
];

/** The key of one sealed topic, as the vault lent it. */
export interface LentKey {
  readonly epoch: number;
  readonly seal: Buffer;
  /** ms since 1970; what was kept before was not sealed. */
  readonly sealedSince: number;
  /** Stands for what keeps events in order, and says nothing else of it. */
  tagOf(orderKey: string): string;
}

/** The keys of sealed topics that the vault lent this process. */
export class TopicKeys {
  readonly #keys = new Map<string, LentKey>();
  readonly #asked = new Map<string, Promise<void>>();
  readonly #request: (topic: string, data: unknown) => Promise<unknown>;
  readonly #timers: Timers;

  constructor(request: (topic: string, data: unknown) => Promise<unknown>, timers: Timers) {
    this.#request = request;
    this.#timers = timers;
  }

  get(topic: string): LentKey | undefined {
    return this.#keys.get(topic);
  }

  /** The key, to be used at once: it may be taken back at any time. @throws AicoError VAULT_LOCKED */
  use(topic: string): LentKey {
    const key = this.#keys.get(topic);
    if (key === undefined) throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
    return key;
  }

  /** Asks the vault for a key. @throws AicoError VAULT_LOCKED, KERNEL_NO_SERVER, KERNEL_PERMISSION_DENIED */
  fetch(topic: string): Promise<void> {
    const asked = this.#asked.get(topic) ?? this.#ask(topic).finally(() => this.#asked.delete(topic));
    this.#asked.set(topic, asked);
    return asked;
  }

  /** As `fetch`; while the vault is locked or starts anew it tries again, as long as told. @throws AicoError */
  async fetchPatiently(topic: string, isWanted: () => boolean): Promise<void> {
    while (this.get(topic) === undefined) {
      try {
        await this.fetch(topic);
      } catch (error) {
        if (!isAicoError(error) || !PASSING.includes(error.code) || !isWanted()) throw error;
        await new Promise<void>((resolve) => void this.#timers.after(RETRY_MS, resolve));
      }
    }
  }

  /** Lets go of every key: the vault was locked, or grants changed. */
  forget(): void {
    for (const { seal } of this.#keys.values()) seal.fill(0);
    this.#keys.clear();
  }

  async #ask(topic: string): Promise<void> {
    const { key, epoch, sealedSince } = (await this.#request('vault.topic.key.v1', { topic })) as TopicKey;
    if (!HEX_KEY.test(key)) throw new AicoError('SDK_SEAL_BROKEN', { subject: 'vault.topic.key.v1' });
    const lent = Buffer.from(key, 'hex');
    const { createHmac, hkdfSync } = nodeCrypto();
    const derive = (use: string): Buffer =>
      Buffer.from(hkdfSync('sha256', lent, '', `aico/sealed/v1/${use}`, KEY_BYTES));
    const [seal, order] = [derive('event'), derive('order')];
    lent.fill(0);
    const tagOf = (orderKey: string): string =>
      createHmac('sha256', order).update(orderKey).digest().subarray(0, 16).toString('base64').slice(0, 22);
    this.#keys.set(topic, { epoch, seal, sealedSince: Date.parse(sealedSince), tagOf });
  }
}
