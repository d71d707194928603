import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { TextSealer } from '@aico/sdk/sealing';
import { isRecord } from '../is-record.ts';
import { writeFileAtomicallySync } from '../state/atomic-file.ts';

const KEY_BYTES = 32;

/**
 * Seals what plugins log, from the moment on that there is a vault: lines are written also while it is locked, and only the open
 * vault reads them. The public half of the key lies in a file, for the next start.
 */
export class LogSeal {
  readonly #path: string;
  #publicKey: string | undefined;
  #sealer: TextSealer | undefined;
  #wasOpen = false;

  /**
   * @param path where the key is kept between two runs
   * @param hasVault whether there is a vault, whose key then is to be there, too
   */
  constructor(path: string, hasVault: boolean) {
    this.#path = path;
    if (!hasVault && !existsSync(path)) return;
    const kept = readKey(path);
    // Lines that nobody reads until the vault has told its key are better than lines that everybody reads.
    this.#sealer = kept?.sealer ?? new TextSealer(randomBytes(KEY_BYTES));
    this.#publicKey = kept?.publicKey;
  }

  /** Whether there is a vault. */
  get isOn(): boolean {
    return this.#sealer !== undefined;
  }

  /** Whether the vault has been open in this run: before, no plugin that keeps what it is told could read it. */
  get wasOpen(): boolean {
    return this.#wasOpen;
  }

  /**
   * The vault is open and told its key; it is another one where the vault is.
   * @throws Error when it cannot be kept; it holds until the host ends all the same
   */
  use(publicKey: string): void {
    this.#wasOpen = true;
    if (publicKey === this.#publicKey) return;
    this.#replace(publicKey);
    writeFileAtomicallySync(this.#path, `${JSON.stringify({ format: 1, publicKey })}\n`);
    // Not before: what could not be kept is tried again when the vault opens the next time.
    this.#publicKey = publicKey;
  }

  /** The vault is closed: from now on nothing in this process opens what was sealed so far. */
  renew(): void {
    if (this.#publicKey !== undefined) this.#replace(this.#publicKey);
  }

  /** What the vault opens again; undefined while there has never been one. */
  seal(text: string): string | undefined {
    return this.#sealer?.seal(text);
  }

  #replace(publicKey: string): void {
    const before = this.#sealer;
    this.#sealer = new TextSealer(Buffer.from(publicKey, 'base64'));
    before?.close();
  }
}

function readKey(path: string): { readonly publicKey: string; readonly sealer: TextSealer } | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isRecord(content) || content['format'] !== 1 || typeof content['publicKey'] !== 'string') return undefined;
    const { publicKey } = content as { publicKey: string };
    return { publicKey, sealer: new TextSealer(Buffer.from(publicKey, 'base64')) };
  } catch {
    return undefined;
  }
}
