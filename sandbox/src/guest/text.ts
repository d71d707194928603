/** UTF-8 as https://encoding.spec.whatwg.org describes it; other encodings are refused. */
const REPLACEMENT = 0xfffd;

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

  constructor(label = 'utf-8', options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {}) {
    if (!/^utf-?8$/i.test(label)) throw new RangeError(`The encoding "${label}" is not offered; use utf-8.`);
    this.fatal = options.fatal === true;
    this.ignoreBOM = options.ignoreBOM === true;
  }

  decode(input: ArrayBuffer | ArrayBufferView = new ArrayBuffer(0)): string {
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input);
    const text: string[] = [];
    let at = 0;
    while (at < bytes.length) {
      const { code, length } = decodeOne(bytes, at);
      if (code === undefined && this.fatal) throw new TypeError('The bytes are not UTF-8.');
      text.push(String.fromCodePoint(code ?? REPLACEMENT));
      at += length;
    }
    if (!this.ignoreBOM && text[0] === '\ufeff') text.shift();
    return text.join('');
  }
}

/** One code point, or undefined with the length of the ill-formed part. */
function decodeOne(bytes: Uint8Array, at: number): { readonly code: number | undefined; readonly length: number } {
  const first = bytes[at] as number;
  if (first < 0x80) return { code: first, length: 1 };
  const more =
    first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0;
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
