import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const ID_BYTES = 16;
const HALF_NONCE = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** Which half of an entry is sealed: neither passes for the other. */
export type Part = 'head' | 'value';

/**
 * Makes what goes to the disk say nothing: keys become blinded names, and what is kept is sealed to its name. Nonces have 24
 * bytes, so that they can be drawn at random without end: half of them makes a key, as in XAES-256-GCM (C2SP).
 */
export class CacheSeal {
  readonly #names: Buffer;
  readonly #seal: Buffer;

  /** @param key 64 hex digits, from the vault */
  constructor(key: string) {
    const part = (name: string) =>
      Buffer.from(hkdfSync('sha256', Buffer.from(key, 'hex'), '', `aico cache ${name}`, 32));
    this.#names = part('names');
    this.#seal = part('seal');
  }

  /** The name of an entry on the disk. */
  nameOf(plugin: string, key: string): Buffer {
    return createHmac('sha256', this.#names)
      .update(JSON.stringify([plugin, key]))
      .digest()
      .subarray(0, ID_BYTES);
  }

  seal(name: Buffer, part: Part, content: Buffer): Buffer {
    const nonce = randomBytes(2 * HALF_NONCE);
    const cipher = createCipheriv(CIPHER, this.#keyOf(nonce), nonce.subarray(HALF_NONCE)).setAAD(bound(name, part));
    return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  }

  /** What was sealed; undefined when it is not whole, is another's, or was sealed under another key. */
  open(name: Buffer, part: Part, sealed: Buffer): Buffer | undefined {
    if (sealed.length < 2 * HALF_NONCE + TAG_BYTES) return undefined;
    const nonce = sealed.subarray(0, 2 * HALF_NONCE);
    const options = { authTagLength: TAG_BYTES };
    const opening = createDecipheriv(CIPHER, this.#keyOf(nonce), nonce.subarray(HALF_NONCE), options)
      .setAAD(bound(name, part))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([opening.update(sealed.subarray(2 * HALF_NONCE, -TAG_BYTES)), opening.final()]);
    } catch {
      return undefined;
    }
  }

  #keyOf(nonce: Buffer): Buffer {
    return createHmac('sha256', this.#seal).update(nonce.subarray(0, HALF_NONCE)).digest();
  }
}

function bound(name: Buffer, part: Part): Buffer {
  return Buffer.concat([name, Buffer.from(part)]);
}
