import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFrame, encodeRecord, FrameWriter } from '@aico/schemas/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzzFrame, fuzzTopic } from './targets.ts';

/** `FUZZ_SECONDS=600 vitest run fuzz` looks for longer; what it finds belongs into the corpus. */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 3);
const BOUNDED = { numRuns: 2_000_000, interruptAfterTimeLimit: SECONDS * 1000, markInterruptAsFailure: false } as const;
const TEST_MS = (SECONDS + 60) * 1000;

const read = <T>(name: string): readonly T[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as T[];
const frames = read<{ readonly what: string; readonly hex: string; readonly is: 'read' | 'refused' }>('frames.json');
const topics = read<{ readonly text: string; readonly is: 'topic' | 'pattern' | 'neither' }>('topics.json');

test.each(frames)('the frame of $what is $is [BUS-3, SEC-4]', ({ hex, is }) => {
  expect(fuzzFrame(Buffer.from(hex, 'hex'))).toBe(is);
});

test.each(topics)('$text is $is [BUS-2, SEC-4]', ({ text, is }) => {
  expect(fuzzTopic(text)).toEqual({ topic: is === 'topic', pattern: is !== 'neither' });
});

const record = fc.record({
  kind: fc.constantFrom(1, 2, 3, 4, 9, 14, 16),
  correlation: fc.nat(0xffffffff),
  topic: fc.constantFrom('', 'a.v1', 'chat.message.created.v1'),
  header: fc.constantFrom('', '{}', '{"of":"publish"}').map((text) => Buffer.from(text)),
  payload: fc.constantFrom('', '{}', '{"text":"Grüße"}').map((text) => Buffer.from(text)),
});
const wellFormed = fc.array(record, { maxLength: 4 }).map((records) => {
  const writer = new FrameWriter();
  for (const fields of records) writer.add(fields as Parameters<typeof writer.add>[0]);
  return records.length === 0 ? encodeFrame([]) : writer.take();
});
const seeds = fc.oneof(
  wellFormed,
  wellFormed.map((frame) => Buffer.concat([frame, encodeRecord({ kind: 1, topic: 'a.v1' })])),
  fc.constantFrom(...frames.map(({ hex }) => Buffer.from(hex, 'hex'))),
);
const splice = fc.record({ at: fc.nat(), removed: fc.nat(6), added: fc.uint8Array({ maxLength: 6 }) });

describe('bytes that nobody foresaw', () => {
  test('are read as the model reads them, or refused [BUS-3, SEC-4]', { timeout: TEST_MS }, () => {
    fc.assert(
      fc.property(seeds, fc.array(splice, { maxLength: 4 }), (seed, splices) => {
        const bytes = [...seed];
        for (const { at, removed, added } of splices) bytes.splice(at % (bytes.length + 1), removed, ...added);
        fuzzFrame(Uint8Array.from(bytes));
      }),
      BOUNDED,
    );
  });

  test('are a topic or a pattern only by definition [BUS-2, SEC-4]', { timeout: TEST_MS }, () => {
    const unit = fc.constantFrom(...'ab09-.*>vV_ \u0000\n\u0430\u2024\u{1f600}', 'v1', '.v1', 'chat.');
    const text = fc.oneof(fc.string({ unit, maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 300 }));
    fc.assert(
      fc.property(text, (each) => void fuzzTopic(each)),
      BOUNDED,
    );
  });
});
