import { AicoError } from '@aico/schemas';
import type { ConsolePowers } from './console-powers.ts';
import {
  assertPassword,
  countLines,
  MOST_CHARACTERS,
  MOST_LINE_BYTES,
  notText,
  passwordLines,
  unreadable,
} from './password-line.ts';

const ENTER = new Set(['\r', '\n', '\u0004']);
const CTRL_C = '\u0003';
const BACKSPACE = new Set(['\u007f', '\b']);
const REPLACED = '\ufffd';

/** A password from standard input: everything up to the first line break. @throws AicoError HOST_PASSWORD_UNREADABLE */
export async function readPipedPassword(powers: ConsolePowers): Promise<string> {
  const [password = ''] = await readPipedPasswords(powers, 1);
  return password;
}

/** Passwords from standard input, a line each, as many as are wanted. @throws AicoError HOST_PASSWORD_UNREADABLE */
export async function readPipedPasswords({ stdin }: ConsolePowers, wanted: number): Promise<readonly string[]> {
  const subject = 'standard input';
  const parts: Buffer[] = [];
  let [lines, length] = [0, 0];
  try {
    for await (const part of stdin as AsyncIterable<Buffer>) {
      parts.push(part);
      lines += countLines(part);
      length += part.length;
      if (lines >= wanted || length > MOST_LINE_BYTES * wanted) break;
    }
    const whole = Buffer.concat(parts);
    parts.push(whole);
    const read = passwordLines(whole, wanted, subject);
    if (read.length < wanted) throw unreadable(subject, `it has ${read.length} of ${wanted} lines`);
    return read;
  } finally {
    for (const each of parts) each.fill(0);
  }
}

/**
 * Asks for a password on the terminal without showing it.
 * @throws AicoError HOST_PASSWORD_MISSING without a terminal, HOST_PASSWORD_UNREADABLE
 */
export async function askPassword(powers: ConsolePowers, question: string, subject: string): Promise<string> {
  const { stdin } = powers;
  if (stdin.isTTY !== true) throw new AicoError('HOST_PASSWORD_MISSING', { subject });
  powers.err(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    const typed = await typedLine(stdin, subject);
    if (typed.includes(REPLACED)) throw notText('the terminal');
    return assertPassword(typed, 'the terminal');
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    powers.err('\n');
  }
}

function typedLine(stdin: NodeJS.ReadStream, subject: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const finish = (settle: () => void): void => {
      stdin.off('data', read);
      settle();
    };
    const read = (part: string): void => {
      for (const character of part) {
        if (ENTER.has(character)) {
          finish(() => resolve(typed.join('')));
          break;
        }
        if (character === CTRL_C) {
          finish(() => reject(new AicoError('KERNEL_CANCELLED', { subject })));
          break;
        }
        if (BACKSPACE.has(character)) typed = typed.slice(0, -1);
        else if (character >= ' ' && typed.length <= MOST_CHARACTERS) typed.push(character);
      }
    };
    stdin.on('data', read);
    stdin.resume();
  });
}
