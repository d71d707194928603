/** What CURVE needs of libsodium. Lengths are the caller's business: the native half does not check them. */
export interface Sodium {
  readonly crypto_box_keypair: (publicKey: Uint8Array, secretKey: Uint8Array) => number;
  readonly crypto_box_easy: (
    box: Uint8Array,
    message: Uint8Array,
    nonce: Uint8Array,
    publicKey: Uint8Array,
    secretKey: Uint8Array,
  ) => number;
  readonly crypto_box_open_easy: (
    message: Uint8Array,
    box: Uint8Array,
    nonce: Uint8Array,
    publicKey: Uint8Array,
    secretKey: Uint8Array,
  ) => boolean;
  readonly crypto_secretbox_easy: (box: Uint8Array, message: Uint8Array, nonce: Uint8Array, key: Uint8Array) => number;
  readonly crypto_secretbox_open_easy: (
    message: Uint8Array,
    box: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ) => boolean;
  readonly randombytes_buf: (memory: ArrayBufferLike, offset: number, length: number) => void;
  /** Whether two buffers of one length are equal, in constant time. */
  readonly sodium_memcmp: (one: Uint8Array, other: Uint8Array) => boolean;
  readonly crypto_scalarmult: (shared: Uint8Array, secretKey: Uint8Array, publicKey: Uint8Array) => number;
}

let loaded: Sodium | undefined;

/** Loads libsodium's native half once for this process, by its path: a confined process may not look around the disk. */
export function loadSodium(path: string): Sodium {
  if (loaded === undefined) {
    const target = { exports: {} as unknown };
    process.dlopen(target, path);
    loaded = target.exports as Sodium;
  }
  return loaded;
}

/** The loaded libsodium. @throws Error before {@link loadSodium} */
export function sodium(): Sodium {
  if (loaded === undefined) throw new Error('libsodium is not loaded yet');
  return loaded;
}
