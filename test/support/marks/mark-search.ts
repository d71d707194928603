import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** Where a mark was found, and in which form. */
export interface Finding {
  readonly path: string;
  readonly form: string;
}

/** What of the disk is looked through. */
export interface SearchOptions {
  /** Older files cannot hold marks that were made since; ms since 1970. */
  readonly changedSince?: number;
  /** Names of folders that are left out. */
  readonly except?: readonly string[];
}

interface Form {
  readonly name: string;
  readonly bytes: Buffer;
}

/** So much of a file is looked at in one go. */
export const READ_BYTES: number = 8 * 1024 * 1024;

/**
 * Marks that belong together, and a search for all of them at once: they share a beginning, which is made anew and occurs
 * nowhere else.
 */
export class Marks {
  readonly #beginning: string;
  readonly #forms: readonly Form[];
  readonly #overlap: number;

  /** @param also other secrets to look for */
  constructor(...also: readonly string[]) {
    this.#beginning = `q${randomBytes(9).toString('hex')}z`;
    this.#forms = [this.#beginning, ...also].flatMap(formsOf);
    this.#overlap = Math.max(...this.#forms.map(({ bytes }) => bytes.length)) - 1;
  }

  /** A mark: one word, whose end says where it was put. */
  of(place: string): string {
    return this.#beginning + place;
  }

  /** Looks through every byte, file name and link below some folders. What goes away meanwhile is passed over. */
  search(folders: readonly string[], options: SearchOptions = {}): Finding[] {
    return folders.flatMap((folder) => this.#below(folder, options));
  }

  /** Looks through what everybody may read of some processes: how they were called, and with which environment. */
  inProcesses(ids: readonly number[]): Finding[] {
    const paths = ids.flatMap((id) => ['cmdline', 'environ'].map((name) => `/proc/${id}/${name}`));
    return paths.flatMap((path) => this.#told(path, new Set(this.formsIn(readFileSync(path)))));
  }

  /** The forms in which a mark occurs in some bytes. */
  formsIn(bytes: Buffer): string[] {
    return this.#forms.filter((form) => bytes.includes(form.bytes)).map(({ name }) => name);
  }

  #below(path: string, options: SearchOptions): Finding[] {
    const { changedSince = 0, except = [] } = options;
    const found = this.formsIn(Buffer.from(path)).map((form) => ({ path, form: `name, ${form}` }));
    try {
      const status = lstatSync(path);
      if (status.isDirectory())
        for (const name of readdirSync(path))
          if (!except.includes(name)) found.push(...this.#below(join(path, name), options));
      if (Math.max(status.ctimeMs, status.mtimeMs) < changedSince) return found;
      if (status.isSymbolicLink())
        found.push(...this.#told(path, new Set(this.formsIn(Buffer.from(readlinkSync(path))))));
      if (status.isFile()) found.push(...this.#told(path, this.#inFile(path)));
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    return found;
  }

  #told(path: string, forms: ReadonlySet<string>): Finding[] {
    return [...forms].map((form) => ({ path, form }));
  }

  /** Reads in parts that overlap, so that nothing hides on a border. */
  #inFile(path: string): Set<string> {
    const found = new Set<string>();
    const bytes = Buffer.alloc(READ_BYTES);
    const file = openSync(path, 'r');
    try {
      for (let at = 0; ; at += READ_BYTES - this.#overlap) {
        const length = readSync(file, bytes, 0, READ_BYTES, at);
        for (const form of this.formsIn(bytes.subarray(0, length))) found.add(form);
        if (length < READ_BYTES) return found;
      }
    } finally {
      closeSync(file);
    }
  }
}

/** A text as it is written raw and in the usual encodings. */
function formsOf(text: string): Form[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  const escaped = hex.replace(/../g, '%$&');
  const swapped = Buffer.from(text, 'utf16le').swap16();
  const plain: [string, Buffer][] = [
    ['raw', bytes],
    ['raw, upper case', Buffer.from(text.toUpperCase())],
    ['utf-16, little endian', Buffer.from(text, 'utf16le')],
    ['utf-16, big endian', swapped],
    ['hex', Buffer.from(hex)],
    ['hex, upper case', Buffer.from(hex.toUpperCase())],
    ['url-encoded', Buffer.from(escaped)],
    ['url-encoded, upper case', Buffer.from(escaped.toUpperCase())],
    ['json-escaped', Buffer.from(hex.replace(/../g, '\\u00$&'))],
    ['bytes as numbers', Buffer.from([...bytes].join(','))],
  ];
  const encoded = (['base64', 'base64url'] as const).flatMap((encoding) =>
    [0, 1, 2].map((shift): [string, Buffer] => [
      `${encoding}, shifted by ${shift}`,
      shiftedBase64(bytes, encoding, shift),
    ]),
  );
  return [...plain, ...encoded].map(([name, form]) => ({ name, bytes: form }));
}

/** The part of an encoding that neither what stands before nor what follows has a say in. */
function shiftedBase64(bytes: Buffer, encoding: 'base64' | 'base64url', shift: number): Buffer {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString(encoding);
  const bits = (shift + bytes.length) * 8;
  return Buffer.from(encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(bits / 6)));
}
