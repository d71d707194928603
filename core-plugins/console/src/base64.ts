const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** A multiple of three, so that pieces join without padding between them. */
const PIECE_BYTES = 12_288;

/** Base64 of RFC 4648, section 4. Written out because an isolated plugin has neither Buffer nor btoa. */
export function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    pieces.push(encodePiece(bytes, start, Math.min(start + PIECE_BYTES, bytes.length)));
  }
  return pieces.join('');
}

function encodePiece(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let index = start; index < end; index += 3) {
    const left = end - index;
    const bits = (byteAt(bytes, index) << 16) | (byteAt(bytes, index + 1) << 8) | byteAt(bytes, index + 2);
    text += letter(bits >> 18) + letter(bits >> 12);
    text += left > 1 ? letter(bits >> 6) : '=';
    text += left > 2 ? letter(bits) : '=';
  }
  return text;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function letter(bits: number): string {
  return ALPHABET.charAt(bits & 63);
}
