import { BlobStore } from '../../src/blobs/blob-store.ts';
import { collectGarbage } from '../../src/collect-garbage.ts';

// Writes a blob of so many MiB and reads it again, and tells how far the memory of this process grew for it. What nothing holds any more is
// collected again and again: when the engine does that by itself says nothing of what is held.
const [folder = '', megabytes = ''] = process.argv.slice(2);
const PIECE_BYTES = 196_608;
const COLLECT_EVERY = 20;
const OWNER = { plugin: 'diary', incarnation: 'diary-1' };
const store = new BlobStore({ folder, keyOf: async () => 'ab'.repeat(32), now: () => performance.now() });

let pieces = 0;
function passed(): void {
  pieces += 1;
  if (pieces % COLLECT_EVERY === 0) collectGarbage();
}

async function write(bytes: number) {
  let written = await store.write(OWNER, { offset: 0, data: new Uint8Array() });
  while (written.offset < bytes) {
    written = await store.write(OWNER, { ...written, data: Buffer.alloc(PIECE_BYTES, written.offset % 251) });
    passed();
  }
  return store.finish(OWNER, written.upload);
}

async function read(id: string): Promise<number> {
  let bytes = 0;
  const count = async (piece: Uint8Array): Promise<void> => {
    bytes += piece.length;
    passed();
  };
  await store.read('diary', { id }, count, new AbortController().signal);
  return bytes;
}

// What code and caches weigh, and what is not collected at once, is there after a smaller one.
await read((await write(24 * 1024 * 1024)).id);
const before = process.resourceUsage().maxRSS;
const { id, size } = await write(Number(megabytes) * 1024 * 1024);
const bytes = await read(id);
console.log(JSON.stringify({ size, bytes, grownKb: process.resourceUsage().maxRSS - before }));
