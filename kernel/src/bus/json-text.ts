import { Buffer } from 'node:buffer';

/** Objects and lists that may lie in one another. Parsing what is nested a hundred thousand deep stalls everybody. */
const MAX_DEPTH = 256;
/** Shorter texts are parsed faster than they are looked through, however deep. */
const SAFE_BYTES = 2_048;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{`, `]` and `}`, without the bit in which they differ. */
const OPENING = 0x5b;
const CLOSING = 0x5d;
const SHAPE = 0xdf;

/**
 * Parses JSON of a stranger, in time that its length bounds.
 * @param bytes UTF-8
 * @throws SyntaxError for what is no JSON
 * @throws RangeError for what is nested more than 256 deep
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (text.length > SAFE_BYTES && isDeep(text)) throw new RangeError(`it is nested more than ${MAX_DEPTH} deep`);
  return JSON.parse(text.toString());
}

function isDeep(text: Buffer): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] as number;
    if (byte === QUOTE) {
      at = endOfText(text, at);
    } else if ((byte & SHAPE) === OPENING) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if ((byte & SHAPE) === CLOSING) {
      depth -= 1;
    }
  }
  return false;
}

/** Where the text that begins at a quote ends; the end of all for one that does not. */
function endOfText(json: Buffer, from: number): number {
  for (let at = json.indexOf(QUOTE, from + 1); at >= 0; at = json.indexOf(QUOTE, at + 1)) {
    let before = at - 1;
    while (json[before] === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 1) return at;
  }
  return json.length;
}
