import type { Manifest } from '@aico/schemas';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeHandOver, type HandOver, HandOverReader, type ReceivedHandOver } from '../src/hand-over.ts';

const HAND_OVER: HandOver = {
  incarnation: 'dice-1',
  credentials: { address: 'ipc:///x', serverPublicKey: 's', publicKey: 'p', secretKey: 'k' },
  manifest: { id: 'dice', name: 'Würfel' } as Manifest,
  grants: [],
  configuration: { a: 1 },
};

test('a hand-over arrives whole, however the pipe cuts it', () => {
  const anyFiles = fc.array(fc.tuple(fc.string(), fc.uint8Array({ maxLength: 2_000 })), { maxLength: 4 });
  fc.assert(
    fc.property(anyFiles, fc.integer({ min: 1, max: 900 }), (entries, size) => {
      const files = new Map(entries);
      const bytes = Buffer.concat(encodeHandOver(HAND_OVER, files));
      const reader = new HandOverReader();
      let received: ReceivedHandOver | undefined;
      for (let at = 0; at < bytes.length; at += size) {
        expect(received).toBeUndefined();
        received = reader.push(bytes.subarray(at, at + size));
      }
      expect(received?.handOver).toEqual(HAND_OVER);
      expect([...(received?.files ?? [])].map(([path, content]) => [path, [...content]])).toEqual(
        [...files].map(([path, content]) => [path, [...content]]),
      );
    }),
  );
});
