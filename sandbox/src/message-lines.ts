import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** The longest message that is taken, in characters; a longer one is left out, and the stream goes on behind it. */
export const MAX_MESSAGE_CHARACTERS: number = 4 * 1024 * 1024;
/** What may wait to be written. Beyond it the other side does not read, and messages are left out. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Reads messages, one a line, from what a process that is not trusted writes. */
export function readMessages(stream: Readable, onMessage: (message: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  const add = (text: string): void => {
    length += text.length;
    if (length <= MAX_MESSAGE_CHARACTERS) parts.push(text);
    else parts = [];
  };
  const end = (): void => {
    const message = parts.join('');
    parts = [];
    length = 0;
    if (message !== '') onMessage(message);
  };
  stream.on('data', (chunk: Buffer) => {
    const [first = '', ...others] = decoder.write(chunk).split('\n');
    add(first);
    for (const other of others) {
      end();
      add(other);
    }
  });
  stream.on('error', () => {
    // A pipe that breaks with its process has nothing left to say.
  });
}

/** Writes a message on a line of its own. */
export function writeMessage(stream: Writable, message: string): void {
  if (!stream.writable || stream.writableLength > MAX_WAITING_BYTES) return;
  stream.write(`${message.replaceAll(/[\r\n]/g, ' ')}\n`);
}
