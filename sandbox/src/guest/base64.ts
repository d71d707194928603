const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map([...ALPHABET].map((character, value) => [character.charCodeAt(0), value]));

/** Bytes of a base64 text. @throws TypeError */
export function decodeBase64(text: string): Uint8Array {
  const digits = text.replace(/[\t\n\f\r ]/g, '').replace(/={1,2}$/, '');
  if (digits.length % 4 === 1) throw new TypeError('The text is not base64.');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const value = VALUES.get(digits.charCodeAt(index));
    if (value === undefined) throw new TypeError('The text is not base64.');
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at++] = (bits >> held) & 0xff;
  }
  return bytes;
}

export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.subarray(at, at + 3);
    text += ALPHABET[a >> 2] ?? '';
    text += ALPHABET[((a & 3) << 4) | ((b ?? 0) >> 4)] ?? '';
    text += b === undefined ? '=' : ALPHABET[((b & 15) << 2) | ((c ?? 0) >> 6)];
    text += c === undefined ? '=' : ALPHABET[c & 63];
  }
  return text;
}

/** Text of bytes (Latin-1) from base64. */
export function atob(text: string): string {
  return Array.from(decodeBase64(String(text)), (byte) => String.fromCharCode(byte)).join('');
}

/** base64 of a text whose characters are bytes (Latin-1). */
export function btoa(text: string): string {
  const bytes = Uint8Array.from(String(text), (character) => {
    const code = character.charCodeAt(0);
    if (code > 0xff) throw new TypeError('The text has characters outside Latin-1.');
    return code;
  });
  return encodeBase64(bytes);
}
