import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { MAX_MESSAGE_CHARACTERS, readMessages, writeMessage } from '../src/message-lines.ts';

test('messages arrive whole and in order, however they are cut on the way', async () => {
  const pipe = new PassThrough();
  const messages: string[] = [];
  readMessages(pipe, (message) => messages.push(message));
  const bytes = Buffer.from('{"a":"ä"}\n{"b":2}\n\n{"c":3}\n');
  for (const byte of bytes) pipe.write(Buffer.of(byte));
  await turn();
  expect(messages).toEqual(['{"a":"ä"}', '{"b":2}', '{"c":3}']);
});

test('a message stays one, whatever is in it', async () => {
  const pipe = new PassThrough();
  const messages: string[] = [];
  readMessages(pipe, (message) => messages.push(message));
  writeMessage(pipe, '{"a":\n1}\r\n{"b":2}');
  await turn();
  expect(messages).toEqual(['{"a": 1}  {"b":2}']);
});

test('a message that is too long is left out, and costs no memory while it comes [PLG-3]', async () => {
  const pipe = new PassThrough();
  const messages: string[] = [];
  readMessages(pipe, (message) => messages.push(message));
  const part = Buffer.alloc(1024 * 1024, 'x');
  for (let sent = 0; sent <= MAX_MESSAGE_CHARACTERS; sent += part.length) {
    pipe.write(part);
    await turn();
  }
  pipe.write('\n{"after":1}\n');
  await expect.poll(() => messages).toEqual(['{"after":1}']);
});
