import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import { PAGE_BYTES } from '../write-ahead-log.ts';

/*
 * How libSQL encrypts a page (SQLite3MultipleCiphers, "aes256cbc"): AES-256-CBC without padding. The key is SHA-256, 4,002 times, of
 * the first 32 characters of what it is given, filled up as PDF does; each page has a key and a vector made of its number. So the same
 * page at the same place is the same ciphertext, and what is decrypted encrypts to the same bytes, whatever they are.
 */
const CIPHER = 'aes-256-cbc';
const KEY_BYTES = 32;
const ROUNDS = 4001;
const FILL = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');

/** Encrypts and decrypts whole pages, but for the first, whose head lies open. */
export class PageCipher {
  readonly #key: Buffer;

  /** @param databaseKey what the database was opened with */
  constructor(databaseKey: string) {
    const given = Buffer.from(databaseKey).subarray(0, KEY_BYTES);
    let key = sha256(Buffer.concat([given, FILL]).subarray(0, KEY_BYTES));
    for (let round = 0; round < ROUNDS; round += 1) key = sha256(key);
    this.#key = key;
  }

  /** @param number of the page, from 1 on */
  decrypt(number: number, page: Uint8Array): Buffer {
    const decipher = createDecipheriv(CIPHER, this.#keyOf(number), vectorOf(number)).setAutoPadding(false);
    return Buffer.concat([decipher.update(page), decipher.final()], PAGE_BYTES);
  }

  encrypt(number: number, page: Uint8Array): Buffer {
    const cipher = createCipheriv(CIPHER, this.#keyOf(number), vectorOf(number)).setAutoPadding(false);
    return Buffer.concat([cipher.update(page), cipher.final()], PAGE_BYTES);
  }

  /** Forgets the key. */
  dispose(): void {
    this.#key.fill(0);
  }

  #keyOf(number: number): Buffer {
    const named = Buffer.alloc(KEY_BYTES + 8);
    this.#key.copy(named);
    named.writeUInt32LE(number, KEY_BYTES);
    named.write('sAlT', KEY_BYTES + 4, 'latin1');
    return sha256(named);
  }
}

/** Four numbers of L'Ecuyer's generator, seeded by the page's number, through MD5. */
function vectorOf(number: number): Buffer {
  const numbers = Buffer.alloc(16);
  let state = number + 1;
  for (let at = 0; at < numbers.length; at += 4) {
    const times = Math.trunc(state / 52_774);
    state = 40_692 * (state - 52_774 * times) - 3_791 * times;
    if (state < 0) state += 2_147_483_399;
    numbers.writeUInt32LE(state, at);
  }
  return hash('md5', numbers, 'buffer');
}

function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}
