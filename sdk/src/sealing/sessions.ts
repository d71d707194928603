import { Buffer } from 'node:buffer';
import type { KeyObject } from 'node:crypto';
import { nodeCrypto } from './node-crypto.ts';

const KEY_BYTES = 32;
/** What goes before the 32 bytes of an X25519 public key in DER (RFC 8410). */
const DER_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
/** Askers whose keys are kept; the others' are worked out again. */
const SESSIONS_KEPT = 1_024;

/** The two keys between one run of an asker and one of a server. */
export interface Session {
  readonly question: Buffer;
  readonly answer: Buffer;
}

/** A process's own key pair (X25519), made anew when it is first needed, and the keys that it shares with others (HKDF-SHA256). */
export class Sessions {
  #pair: { readonly publicKey: string; readonly privateKey: KeyObject } | undefined;
  readonly #sessions = new Map<string, Session>();

  /** 32 bytes in base64. */
  get publicKey(): string {
    return this.#own().publicKey;
  }

  /** The keys for asking a server. @throws what `node:crypto` says of a key that is none */
  withServer(server: string): Session {
    return this.#session(this.publicKey, server, server);
  }

  /** The keys for answering an asker. @throws what `node:crypto` says of a key that is none */
  withAsker(asker: string): Session {
    return this.#session(asker, this.publicKey, asker);
  }

  #session(asker: string, server: string, other: string): Session {
    const name = `${asker} ${server}`;
    const known = this.#sessions.get(name);
    if (known !== undefined) return known;
    const { diffieHellman, hkdfSync } = nodeCrypto();
    const shared = diffieHellman({ privateKey: this.#own().privateKey, publicKey: publicKeyOf(other) });
    const derive = (use: string): Buffer =>
      Buffer.from(hkdfSync('sha256', shared, Buffer.from(name), `aico/sealed/v1/${use}`, KEY_BYTES));
    const session = { question: derive('question'), answer: derive('answer') };
    shared.fill(0);
    if (this.#sessions.size >= SESSIONS_KEPT) this.#sessions.clear();
    this.#sessions.set(name, session);
    return session;
  }

  #own(): { readonly publicKey: string; readonly privateKey: KeyObject } {
    if (this.#pair === undefined) {
      const { publicKey, privateKey } = nodeCrypto().generateKeyPairSync('x25519');
      const der = publicKey.export({ type: 'spki', format: 'der' });
      this.#pair = { publicKey: der.subarray(DER_PREFIX.length).toString('base64'), privateKey };
    }
    return this.#pair;
  }
}

function publicKeyOf(text: string): KeyObject {
  const key = Buffer.concat([DER_PREFIX, Buffer.from(text, 'base64')]);
  return nodeCrypto().createPublicKey({ key, format: 'der', type: 'spki' });
}
