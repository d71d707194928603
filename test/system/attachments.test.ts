import type { BlobWritten } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product } from '../support/product.ts';

const PIECE = Buffer.alloc(196_608, 'a piece of a long film').toString('base64');
const PIECES = 80;

/** Sends a file as the app does: each piece when the one before has arrived. */
async function upload(session: BrowserSession): Promise<number> {
  let written: Partial<BlobWritten> = {};
  for (let sent = 0; sent < PIECES; sent += 1) {
    const piece = { offset: 0, ...written, data: PIECE };
    written = await session.ask<BlobWritten>('chat.attachment.write.v1', piece);
  }
  const { size } = await session.ask<{ size: number }>('chat.attachment.finish.v1', { upload: written.upload });
  return size;
}

test('large files that are attached at once all arrive, however fast the machine is [DATA-1, UI-1]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  await session.conversation();
  const sizes = await Promise.all(Array.from({ length: 4 }, () => upload(session)));
  expect(sizes).toEqual(sizes.map(() => PIECES * 196_608));
}, 120_000);
