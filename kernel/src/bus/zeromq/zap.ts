import { setTimeout as delay } from 'node:timers/promises';
import { Router } from 'zeromq';

const ZAP_ENDPOINT = 'inproc://zeromq.zap.01';
const KEY_AT = 8;
const BIND_ATTEMPTS = 500;
const BIND_PAUSE_MS = 2;

/**
 * The ZeroMQ Authentication Protocol (RFC 27) for this process: each domain admits one CURVE key and nothing else.
 * One handler serves every kernel of the process, because the endpoint's name is fixed by the protocol.
 */
class ZapHandler {
  readonly #keys = new Map<string, Uint8Array>();
  #router: Router | undefined;
  #listening: Promise<void> | undefined;

  /** Admits one 32-byte key to a domain; returns its undo. */
  async admit(domain: string, key: Uint8Array): Promise<() => void> {
    this.#keys.set(domain, key);
    this.#listening ??= this.#listen();
    await this.#listening;
    return () => {
      this.#keys.delete(domain);
      if (this.#keys.size > 0) return;
      this.#router?.close();
      this.#listening = undefined;
    };
  }

  async #listen(): Promise<void> {
    const router = new Router({ linger: 0 });
    this.#router = router;
    await bindWhenFree(router);
    void this.#serve(router);
  }

  async #serve(router: Router): Promise<void> {
    try {
      for await (const frames of router) {
        const [peer, empty, version, requestId] = frames;
        if (peer === undefined || empty === undefined || version === undefined || requestId === undefined) continue;
        const status = this.#judge(frames) ? ['200', 'OK'] : ['400', 'refused'];
        await router.send([peer, empty, version, requestId, ...status, '', '']);
      }
    } catch (error) {
      // A closed socket ends its loop; anything else must not go unseen, for it would lock every plugin out.
      if (!router.closed) throw error;
    }
  }

  #judge(frames: readonly Buffer[]): boolean {
    const domain = frames[4]?.toString() ?? '';
    if (frames[7]?.toString() !== 'CURVE') return false;
    const key = frames[KEY_AT];
    const admitted = this.#keys.get(domain);
    return admitted !== undefined && key !== undefined && Buffer.compare(key, admitted) === 0;
  }
}

/** A closed handler's endpoint is free only a moment later. */
async function bindWhenFree(router: Router): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await router.bind(ZAP_ENDPOINT);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === BIND_ATTEMPTS) throw error;
      await delay(BIND_PAUSE_MS);
    }
  }
}

export const zapHandler: ZapHandler = new ZapHandler();
