import { AicoError } from '@aico/schemas';

/** More, and it is refused: a password that was cut would be another one. */
export const MOST_CHARACTERS = 1024;
const LEAST_CHARACTERS = 8;
/** The longest line in UTF-8, with its break. */
export const MOST_LINE_BYTES: number = MOST_CHARACTERS * 4 + 2;

const BREAK = 0x0a;

/** How many lines were begun and ended in some bytes. */
export function countLines(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => count + (byte === BREAK ? 1 : 0), 0);
}

/**
 * Passwords that came as bytes, a line each; one break behind each is no part of it. None of what is refused is told.
 * @throws AicoError HOST_PASSWORD_UNREADABLE
 */
export function passwordLines(bytes: Uint8Array, most: number, subject: string): readonly string[] {
  const lines: string[] = [];
  let rest = bytes;
  while (lines.length < most) {
    const end = rest.indexOf(BREAK);
    const line = end === -1 ? rest : rest.subarray(0, end);
    // Before it is decoded: where reading stopped, a character may be cut.
    if (line.length > MOST_LINE_BYTES) throw tooLong(subject);
    lines.push(assertPassword(decode(line, subject).replace(/\r$/, ''), subject));
    if (end === -1) break;
    rest = rest.subarray(end + 1);
    if (rest.length === 0) break;
  }
  return lines;
}

/** @throws AicoError HOST_PASSWORD_UNREADABLE */
export function assertPassword(password: string, subject: string): string {
  if (password === '') throw unreadable(subject, 'it is empty');
  if ([...password].length > MOST_CHARACTERS) throw tooLong(subject);
  return password;
}

/** A password that is to be set; shorter ones do not come as far as the vault, which says the same. @throws AicoError VAULT_PASSWORD_WEAK */
export function assertNewPassword(password: string): string {
  if ([...password].length >= LEAST_CHARACTERS) return password;
  throw new AicoError('VAULT_PASSWORD_WEAK', { subject: 'vault' });
}

export function unreadable(subject: string, problem: string): AicoError {
  return new AicoError('HOST_PASSWORD_UNREADABLE', { subject, details: { problem } });
}

/** What a terminal or pipe sent that is no UTF-8 would be read as other characters, all the same one. */
export function notText(subject: string): AicoError {
  return unreadable(subject, 'it is no UTF-8 text');
}

function decode(line: Uint8Array, subject: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(line);
  } catch {
    // What could not be decoded is the password: its error is not passed on.
    throw notText(subject);
  }
}

function tooLong(subject: string): AicoError {
  return unreadable(subject, `it is longer than ${MOST_CHARACTERS} characters`);
}
