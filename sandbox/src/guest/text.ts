/** UTF-8 as https://encoding.spec.whatwg.org describes it; other encodings are refused. */
const REPLACEMENT = 0xfffd;
/** Bytes of the longest character. */
const LONGEST = 4;
const NOTHING = new Uint8Array();

export class GuestTextEncoder {
  readonly encoding = 'utf-8';

  encode(text = ''): Uint8Array {
    const bytes = new Uint8Array(text.length * 3);
    let at = 0;
    for (const character of String(text).toWellFormed()) {
      const code = character.codePointAt(0) as number;
      if (code < 0x80) {
        bytes[at++] = code;
        continue;
      }
      if (code < 0x800) {
        bytes[at++] = 0xc0 | (code >> 6);
      } else {
        if (code < 0x10000) {
          bytes[at++] = 0xe0 | (code >> 12);
        } else {
          bytes[at++] = 0xf0 | (code >> 18);
          bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
        }
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      }
      bytes[at++] = 0x80 | (code & 0x3f);
    }
    return bytes.slice(0, at);
  }
}

export class GuestTextDecoder {
  readonly encoding = 'utf-8';
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  /** The beginning of a character whose rest is still to come. */
  #rest: Uint8Array = NOTHING;
  /** Whether a byte order mark may still come. */
  #isAtStart = true;

  constructor(label = 'utf-8', options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {}) {
    if (!/^utf-?8$/i.test(label)) throw new RangeError(`The encoding "${label}" is not offered; use utf-8.`);
    this.fatal = options.fatal === true;
    this.ignoreBOM = options.ignoreBOM === true;
  }

  /** With `stream` a character may go on in the next call. @throws TypeError when it is fatal and the bytes are not UTF-8 */
  decode(input: ArrayBuffer | ArrayBufferView = NOTHING, options: { readonly stream?: boolean } = {}): string {
    const more = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input);
    const bytes = joined(this.#rest, more);
    const end = options.stream === true ? endOfWhole(bytes) : bytes.length;
    this.#rest = bytes.slice(end);
    const isAtStart = this.#isAtStart;
    this.#isAtStart = options.stream !== true || (isAtStart && end === 0);
    const text: string[] = [];
    let at = 0;
    while (at < end) {
      const { code, length } = decodeOne(bytes, at);
      if (code === undefined && this.fatal) {
        this.#rest = NOTHING;
        this.#isAtStart = true;
        throw new TypeError('The bytes are not UTF-8.');
      }
      text.push(String.fromCodePoint(code ?? REPLACEMENT));
      at += length;
    }
    if (isAtStart && !this.ignoreBOM && text[0] === '\ufeff') text.shift();
    return text.join('');
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** Where a character begins that the last bytes do not finish; the length when they finish all. */
function endOfWhole(bytes: Uint8Array): number {
  for (let at = Math.max(0, bytes.length - LONGEST + 1); at < bytes.length; at += 1) {
    const needed = lengthFrom(bytes[at] as number);
    const left = bytes.length - at;
    // What is ill-formed already is not waited for.
    if (needed > left && decodeOne(bytes, at).length === left) return at;
  }
  return bytes.length;
}

/** Bytes of a character that begins with this one; 1 also of what begins none. */
function lengthFrom(first: number): number {
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 1;
}

/** One code point, or undefined with the length of the ill-formed part. */
function decodeOne(bytes: Uint8Array, at: number): { readonly code: number | undefined; readonly length: number } {
  const first = bytes[at] as number;
  if (first < 0x80) return { code: first, length: 1 };
  const more = lengthFrom(first) - 1;
  if (more === 0) return { code: undefined, length: 1 };
  let code = first & (0x3f >> more);
  for (let step = 1; step <= more; step += 1) {
    const byte = bytes[at + step] ?? 0;
    const low = step === 1 && first === 0xe0 ? 0xa0 : step === 1 && first === 0xf0 ? 0x90 : 0x80;
    const high = step === 1 && first === 0xed ? 0x9f : step === 1 && first === 0xf4 ? 0x8f : 0xbf;
    if (byte < low || byte > high) return { code: undefined, length: step };
    code = (code << 6) | (byte & 0x3f);
  }
  return { code, length: more + 1 };
}
