import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { PAGE_BYTES } from '../write-ahead-log.ts';
import { PageCipher } from './page-cipher.ts';

/*
 * A piece of a database for a backup: 64 KiB of its file. As it lies: method 0 · the bytes, which are encrypted. Packed: method 1 ·
 * nonce 12 · its pages decrypted, compressed, and sealed by AES-256-GCM under a key of this database's · tag 16. The nonce is a keyed
 * sum of what is sealed, so the same pages are the same piece, and different ones never share a nonce. The first page stays as it is.
 */
export const PIECE_BYTES = 65_536;
const AS_IT_LIES = 0;
const PACKED = 1;
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;
const PAGES = PIECE_BYTES / PAGE_BYTES;

/** Makes pieces of one database smaller, and the same bytes of them again; none of it is readable outside. */
export class PiecePacker {
  readonly #pages: PageCipher;
  readonly #seal: Buffer;
  readonly #nonce: Buffer;

  /** @param databaseKey 64 hex digits */
  constructor(databaseKey: string) {
    const secret = Buffer.from(databaseKey, 'hex');
    const derive = (what: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', `aico/v1/packed/${what}`, 32));
    this.#pages = new PageCipher(databaseKey);
    this.#seal = derive('seal');
    this.#nonce = derive('nonce');
    secret.fill(0);
  }

  /** @param index which piece of the file it is, from 0 on */
  pack(index: number, bytes: Buffer): Buffer {
    const asItLies = (): Buffer => Buffer.concat([Buffer.of(AS_IT_LIES), bytes]);
    if (bytes.length % PAGE_BYTES !== 0) return asItLies();
    const plain = this.#turn(index, bytes, (number, page) => this.#pages.decrypt(number, page));
    const small = zstdCompressSync(plain);
    // What was encrypted in another way would decrypt to noise, which does not compress; and whatever it is, it encrypts to the same again.
    const piece = HEAD_BYTES + small.length + TAG_BYTES < 1 + bytes.length ? this.#sealed(small) : asItLies();
    plain.fill(0);
    small.fill(0);
    return piece;
  }

  /** The bytes of the file, or undefined when the piece was changed, or the key is another. */
  unpack(index: number, piece: Buffer): Buffer | undefined {
    if (piece[0] === AS_IT_LIES) return piece.length - 1 > PIECE_BYTES ? undefined : piece.subarray(1);
    if (piece[0] !== PACKED || piece.length < HEAD_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#seal, piece.subarray(1, HEAD_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(piece.subarray(-TAG_BYTES));
    try {
      const small = Buffer.concat([decipher.update(piece.subarray(HEAD_BYTES, -TAG_BYTES)), decipher.final()]);
      const plain = zstdDecompressSync(small, { maxOutputLength: PIECE_BYTES });
      const bytes = plain.length % PAGE_BYTES === 0 ? this.#encrypt(index, plain) : undefined;
      plain.fill(0);
      small.fill(0);
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** Forgets the keys. */
  dispose(): void {
    this.#pages.dispose();
    this.#seal.fill(0);
    this.#nonce.fill(0);
  }

  #encrypt(index: number, plain: Buffer): Buffer {
    return this.#turn(index, plain, (number, page) => this.#pages.encrypt(number, page));
  }

  #sealed(small: Buffer): Buffer {
    const nonce = createHmac('sha256', this.#nonce).update(small).digest().subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#seal, nonce, { authTagLength: TAG_BYTES });
    return Buffer.concat([Buffer.of(PACKED), nonce, cipher.update(small), cipher.final(), cipher.getAuthTag()]);
  }

  #turn(index: number, bytes: Buffer, turn: (number: number, page: Buffer) => Buffer): Buffer {
    const turned = Buffer.allocUnsafe(bytes.length);
    for (let at = 0; at < bytes.length; at += PAGE_BYTES) {
      const number = index * PAGES + at / PAGE_BYTES + 1;
      const page = bytes.subarray(at, at + PAGE_BYTES);
      turned.set(number === 1 ? page : turn(number, page), at);
    }
    return turned;
  }
}
