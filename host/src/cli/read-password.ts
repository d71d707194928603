import { AicoError } from '@aico/schemas';
import type { ConsolePowers } from './console-powers.ts';

const ENTER = new Set(['\r', '\n', '\u0004']);
const CTRL_C = '\u0003';
const BACKSPACE = new Set(['\u007f', '\b']);
const MAX_CHARACTERS = 1024;

/** A password from standard input: everything up to the first line break. @throws AicoError HOST_PASSWORD_UNREADABLE */
export async function readPipedPassword(powers: ConsolePowers): Promise<string> {
  let text = '';
  powers.stdin.setEncoding('utf8');
  for await (const part of powers.stdin) {
    text += part;
    if (text.includes('\n') || text.length > MAX_CHARACTERS) break;
  }
  const password = (text.split('\n')[0] ?? '').replace(/\r$/, '').slice(0, MAX_CHARACTERS);
  return notEmpty(password, 'standard input');
}

/** Lines from standard input, as many as are wanted at most. */
export async function readPipedLines(powers: ConsolePowers, most: number): Promise<readonly string[]> {
  let text = '';
  powers.stdin.setEncoding('utf8');
  for await (const part of powers.stdin) {
    text += part;
    if (text.length > MAX_CHARACTERS * most) break;
  }
  return text.split(/\r?\n/).slice(0, most);
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
    return notEmpty(await typedLine(stdin, subject), 'the terminal');
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    powers.err('\n');
  }
}

function notEmpty(password: string, subject: string): string {
  if (password !== '') return password;
  throw new AicoError('HOST_PASSWORD_UNREADABLE', { subject, details: { problem: 'it is empty' } });
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
        else if (character >= ' ' && typed.length < MAX_CHARACTERS) typed.push(character);
      }
    };
    stdin.on('data', read);
    stdin.resume();
  });
}
