import { Buffer } from 'node:buffer';
import { isAicoError, parsePattern, parseTopic } from '@aico/schemas';
import { decodeFrame, encodeFrame, encodeRecord, type RecordFields, WireError } from '@aico/schemas/wire';
import { expect } from 'vitest';
import { hex, type PlainRecord, readPlainly } from './frame-model.ts';

const TOKEN = '[a-z0-9]+(-[a-z0-9]+)*';
const VERSION = 'v[1-9][0-9]{0,4}';
const TOPIC = new RegExp(`^(${TOKEN}\\.){1,15}${VERSION}$`);
const PATTERN = new RegExp(`^((${TOKEN}|\\*)\\.){0,15}(${VERSION}|\\*|>)$`);

/** Decodes any bytes: what the model reads is read alike, what it does not is refused as malformed, nothing else happens. */
export function fuzzFrame(frame: Uint8Array): 'read' | 'refused' {
  const expected = readPlainly(frame);
  const decoded = decode(frame);
  expect(decoded, hex(frame)).toEqual(expected);
  if (decoded === undefined) return 'refused';
  const again = encodeFrame(decodeFrame(frame).map((record) => encodeRecord(record as RecordFields)));
  expect(decode(again)).toEqual(decoded);
  return 'read';
}

/** Parses any text: a topic or a pattern is what its definition says, and the refusal carries nothing unprintable. */
export function fuzzTopic(text: string): { topic: boolean; pattern: boolean } {
  const short = text.length <= 255;
  const topic = accepts(parseTopic, text);
  const pattern = accepts(parsePattern, text);
  expect({ text, topic, pattern }).toEqual({
    text,
    topic: short && TOPIC.test(text),
    pattern: short && PATTERN.test(text),
  });
  return { topic, pattern };
}

function decode(frame: Uint8Array): PlainRecord[] | undefined {
  try {
    return decodeFrame(frame).map(({ kind, correlation, topic, header, payload }) => ({
      kind,
      correlation,
      topic: hex(Buffer.from(topic, 'latin1')),
      header: hex(header),
      payload: hex(payload),
    }));
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    return undefined;
  }
}

function accepts(parse: (text: string) => string, text: string): boolean {
  try {
    return parse(text) === text;
  } catch (error) {
    expect(isAicoError(error) && error.code).toBe('KERNEL_TOPIC_MALFORMED');
    expect(String((error as Error).message)).toMatch(/^[\x20-\x7e]*$/);
    return false;
  }
}
