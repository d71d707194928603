import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordKind } from '../src/index.ts';
import { decodeFrame, encodeFrame, encodeRecord, MAX_FRAME_BYTES, WIRE_VERSION, WireError } from '../src/wire.ts';

const record = fc.record({
  kind: fc.constantFrom(...Object.values(RecordKind)),
  correlation: fc.nat(0xffffffff),
  sequence: fc.nat(),
  time: fc.nat(),
  topic: fc.stringMatching(/^[a-z.]{0,255}$/),
  header: fc.uint8Array({ maxLength: 300 }),
  payload: fc.uint8Array({ maxLength: 300 }),
});

test('decodes what was encoded, many records to a frame [BUS-3]', () => {
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const decoded = decodeFrame(encodeFrame(records.map(encodeRecord)));
      const plain = decoded.map((each) => ({
        ...each,
        header: Uint8Array.from(each.header),
        payload: Uint8Array.from(each.payload),
      }));
      expect(plain).toEqual(records);
    }),
  );
});

test('forwards payloads as views, without a copy [BUS-7]', () => {
  const frame = encodeFrame([
    encodeRecord({ kind: RecordKind.publish, topic: 'a.v1', payload: Uint8Array.of(1, 2, 3) }),
  ]);
  expect(decodeFrame(frame)[0]!.payload.buffer).toBe(frame.buffer);
});

test('refuses a broken frame whole, and never fails otherwise [BUS-3]', () => {
  const frame = encodeFrame([
    encodeRecord({ kind: 1, topic: 'a.v1', header: Uint8Array.of(123, 125), payload: Uint8Array.of(1) }),
  ]);
  const broken = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.of(WIRE_VERSION, ...bytes)),
    fc.nat(frame.length - 1).map((length) => Uint8Array.from(frame.subarray(0, length))),
    fc.tuple(fc.nat(frame.length - 1), fc.nat(255)).map(([index, byte]) => Uint8Array.from(frame).with(index, byte)),
  );
  fc.assert(
    fc.property(broken, (bytes) => {
      try {
        for (const { payload } of decodeFrame(bytes)) expect(payload.length).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('refuses another version, an oversized frame, and a topic or header that cannot be written [BUS-3]', () => {
  expect(() => decodeFrame(Uint8Array.of(WIRE_VERSION + 1))).toThrow('unknown version');
  expect(() => decodeFrame(new Uint8Array(MAX_FRAME_BYTES + 1))).toThrow('frame too large');
  expect(() => encodeRecord({ kind: 1, topic: 'a'.repeat(256) })).toThrow(WireError);
  expect(() => encodeRecord({ kind: 1, header: new Uint8Array(0x10000) })).toThrow(WireError);
});

test('record kinds have numbers of their own [BUS-3]', () => {
  const kinds = Object.values(RecordKind);
  expect(new Set(kinds).size).toBe(kinds.length);
});
