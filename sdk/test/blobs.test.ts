import { createTestKernel, serveBlobs } from '@aico/sdk-testing';
import { expect, test } from 'vitest';

const OWN = ['write', 'finish', 'abort', 'read', 'stat', 'list', 'delete'].map((name) => ({
  verb: 'request' as const,
  topic: `blob.${name}.v1`,
}));
const ID = 'a'.repeat(64);

test('a reader that is slow is not sent a blob ahead of it [DATA-1]', async () => {
  await using kernel = await createTestKernel();
  const store = await kernel.peer({
    id: 'store',
    permissions: [
      { verb: 'serve', topic: 'blob.read.v1' },
      { verb: 'serve', topic: 'blob.stat.v1' },
    ],
  });
  let sent = 0;
  await store.bus.serve('blob.stat.v1', () => ({}));
  await store.bus.serveStream('blob.read.v1', async (_, stream) => {
    for (; sent < 100; sent += 1) await stream.write({ data: 'AAEC' });
    return { id: ID, size: 300 };
  });
  const reader = await kernel.peer({ id: 'reader', permissions: OWN });
  const pieces = reader.blobs.read(ID);
  expect((await pieces.next()).value).toEqual(Uint8Array.of(0, 1, 2));
  await expect.poll(() => sent).toBe(8);
  for (let asked = 0; asked < 50; asked += 1) await reader.blobs.stat(ID);
  expect(sent).toBe(8);
  let bytes = 3;
  for await (const piece of pieces) bytes += piece.length;
  expect(bytes).toBe(300);
});

test('a plugin that writes more than it may send in a second takes longer, and loses nothing [DATA-1] [PLG-3]', async () => {
  await using kernel = await createTestKernel();
  await serveBlobs(kernel);
  const writer = await kernel.peer({ id: 'writer', permissions: OWN, quota: { bytesPerSecond: 500_000 } });
  const content = crypto.getRandomValues(new Uint8Array(60_000));
  const parts = Array.from({ length: 8 }, () => content);
  const { id, size } = await writer.blobs.write(parts);
  expect(size).toBe(480_000);
  const pieces: Uint8Array[] = [];
  for await (const piece of writer.blobs.read(id)) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(Buffer.concat(parts))).toBe(true);
});
