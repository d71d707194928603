import { Buffer } from 'node:buffer';
import type { KeyObject } from 'node:crypto';
import { openText, sealText } from './box.ts';
import { nodeCrypto } from './node-crypto.ts';

const CURVE = 'x25519';
const KEY_BYTES = 32;

/** Seals texts for whoever holds the private half of a key. Once it is closed, nobody else opens what it sealed, nor does it. */
export class TextSealer {
  readonly #key: Buffer;
  readonly #sender: string;

  /**
   * @param publicKey 32 bytes
   * @throws Error for what is no public key of X25519
   */
  constructor(publicKey: Uint8Array) {
    const pair = nodeCrypto().generateKeyPairSync(CURVE);
    const sender = pair.publicKey.export({ format: 'raw-public' });
    this.#sender = sender.toString('base64');
    this.#key = sharedKey(pair.privateKey, publicKey, [sender, publicKey]);
  }

  /** @returns the sender's public key, nonce and ciphertext, each in Base64, with dots between */
  seal(text: string): string {
    const { nonce, box } = sealText(this.#key, text, []);
    return `${this.#sender}.${nonce}.${box}`;
  }

  /** Zeroes its key; it must not seal after that. */
  close(): void {
    this.#key.fill(0);
  }
}

/** Opens what was sealed with its public key. */
export class TextOpener {
  readonly publicKey: Buffer;
  readonly #privateKey: KeyObject;

  /** @param privateKey 32 bytes, of which a copy is kept */
  constructor(privateKey: Uint8Array) {
    const { createPrivateKey, createPublicKey } = nodeCrypto();
    const key = Buffer.from(privateKey);
    this.#privateKey = createPrivateKey({ key, format: 'raw-private', asymmetricKeyType: CURVE });
    key.fill(0);
    this.publicKey = createPublicKey(this.#privateKey).export({ format: 'raw-public' });
  }

  /** The text; undefined when it was sealed with another key, or altered. */
  open(sealed: string): string | undefined {
    const [from = '', nonce = '', box = ''] = sealed.split('.');
    const sender = Buffer.from(from, 'base64');
    try {
      return openText(sharedKey(this.#privateKey, sender, [sender, this.publicKey]), { nonce, box }, []);
    } catch {
      // Those are no keys.
      return undefined;
    }
  }
}

/** Bound to both public keys, the sender's first, so that a text sealed for one is none for another (X25519, HKDF-SHA256). */
function sharedKey(own: KeyObject, other: Uint8Array, both: readonly Uint8Array[]): Buffer {
  const { createPublicKey, diffieHellman, hkdfSync } = nodeCrypto();
  const publicKey = createPublicKey({ key: Buffer.from(other), format: 'raw-public', asymmetricKeyType: CURVE });
  const secret = diffieHellman({ privateKey: own, publicKey });
  return Buffer.from(hkdfSync('sha256', secret, Buffer.concat(both), 'aico/v1/sealed-text', KEY_BYTES));
}
