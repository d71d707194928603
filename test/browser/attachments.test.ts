import { readFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { Product } from '../support/product.ts';
import { requireChromium } from '../support/system-tools.ts';
import { composer, eventually, messages, walkWizard } from './support/app.ts';
import { openWindow } from './support/browser.ts';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "taken"</script></svg>';

/** A picture of 40 by 30 pixels in one colour. */
function png(): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(40);
  header.writeUInt32BE(30, 4);
  header.set([8, 2], 8);
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(40 * 3, 0x7a)]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: 30 }, () => row)));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

const FILES = [
  { name: 'sea.png', mimeType: 'image/png', buffer: png() },
  { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('Milk and bread.') },
  { name: 'trap.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(SVG) },
  { name: 'mistake.bin', mimeType: '', buffer: Buffer.alloc(500_000, 7) },
];

/** Lets files fall on the composer, or pastes them there. */
async function give(page: Page, kind: 'drop' | 'paste', name: string): Promise<void> {
  await composer(page).evaluate(
    (field, [type = '', file = '']) => {
      const data = new DataTransfer();
      data.items.add(new File(['hello'], file, { type: 'text/plain' }));
      const init = { bubbles: true, cancelable: true };
      field.dispatchEvent(
        type === 'drop'
          ? new DragEvent(type, { ...init, dataTransfer: data })
          : new ClipboardEvent(type, { ...init, clipboardData: data }),
      );
    },
    [kind, name],
  );
}

/** From the next page on: the first connection that reads a file is lost with it. */
async function loseFirstReading(page: Page): Promise<() => boolean> {
  let lost = false;
  await page.routeWebSocket(/\/api\/v1\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      if (lost || !message.includes('chat.attachment.read.v1')) {
        server.send(message);
        return;
      }
      lost = true;
      void socket.close();
    });
  });
  return () => lost;
}

test('files are attached by button, drop and paste, sent, shown after a restart of the page and a lost connection, and saved as they were [UI-1, DATA-1]', async (context) => {
  requireChromium(context);
  const product = await Product.start();
  const { page, faults } = await openWindow(context, product.url);
  await walkWizard(page);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach files' }).click();
  await (await chooser).setFiles(FILES);
  await give(page, 'drop', 'dropped.txt');
  await give(page, 'paste', 'pasted.txt');
  const list = page.getByRole('list', { name: 'Files to be sent' });
  await eventually(() => list.getByRole('listitem').count()).toBe(6);
  // Only rules answer here: nobody reads what is attached, and the app does not say otherwise.
  await list.getByText('no model is connected: it is kept, not read').nth(4).waitFor();
  await list.getByRole('button', { name: 'Remove mistake.bin' }).click();
  await eventually(() => list.getByRole('listitem').count()).toBe(5);
  const send = page.getByRole('button', { name: 'Send', exact: true });
  await eventually(() => send.isEnabled()).toBe(true);
  await send.click();
  await eventually(() => messages(page).count()).toBe(2);
  const isLost = await loseFirstReading(page);
  await page.reload();
  const said = messages(page).first();
  await said.getByText('Here: sea.png, list.txt, trap.svg').waitFor();
  const files = said.getByRole('list', { name: 'Attached files' });
  await eventually(() => files.getByRole('listitem').count()).toBe(5);
  const picture = files.getByRole('img', { name: 'sea.png' });
  await eventually(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(40);
  expect(isLost()).toBe(true);
  await files.getByText('no model read it').nth(4).waitFor();
  // Nothing that can hold scripts is shown as a picture.
  expect(await files.getByRole('img').count()).toBe(1);
  const saving = page.waitForEvent('download');
  await files.getByRole('button', { name: 'Save trap.svg' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('trap.svg');
  expect(await readFile(await saved.path(), 'utf8')).toBe(SVG);
  expect(await page.title()).not.toBe('taken');
  expect(faults).toEqual([]);
}, 120_000);
