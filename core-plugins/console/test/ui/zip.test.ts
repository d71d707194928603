import { Buffer } from 'node:buffer';
import { crc32, inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { pickedFiles } from '../../ui/src/export/picked-files.ts';
import { writeZip } from '../../ui/src/export/zip-writer.ts';

const FILES: Readonly<Record<string, string>> = {
  'manifest.json': '{}',
  'chat/messages.jsonl': `${JSON.stringify({ text: 'Grüße 🐈' })}\n`.repeat(5000),
  'files/000001-empty.txt': '',
};
const NOW = new Date(2026, 10, 27, 12, 0, 0);

async function zipped(prefix = ''): Promise<File> {
  const files = Object.entries(FILES).map(([path, text]) => ({ path: prefix + path, content: new Blob([text]) }));
  return new File([await writeZip(files, NOW)], 'export.zip');
}

async function read(files: readonly File[]): Promise<Record<string, string | undefined>> {
  const picked = await pickedFiles(files);
  const found = Object.keys(FILES).map(async (path) => {
    const stream = await picked?.open(path);
    return [path, stream && (await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).text())] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

test('an archive holds every file as it was, and is read again, in whatever folder it lies [DATA-7]', async () => {
  expect(await read([await zipped()])).toEqual(FILES);
  expect(await read([await zipped('my export/')])).toEqual(FILES);
  const picked = await pickedFiles([await zipped()]);
  for (const path of ['../manifest.json', 'chat', 'none']) expect(await picked?.open(path)).toBeUndefined();
});

test('sums, sizes and places in an archive are as other programs expect them [DATA-7]', async () => {
  const bytes = Buffer.from(await (await zipped()).arrayBuffer());
  const end = bytes.length - 22;
  expect(bytes.readUInt32LE(end)).toBe(0x06054b50);
  expect(bytes.readUInt16LE(end + 10)).toBe(3);
  let at = bytes.readUInt32LE(end + 16);
  for (const [path, text] of Object.entries(FILES)) {
    const [packed, size, name, local] = [
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 24),
      bytes.readUInt16LE(at + 28),
      bytes.readUInt32LE(at + 42),
    ];
    expect(bytes.toString('utf8', at + 46, at + 46 + name)).toBe(path);
    expect(bytes.toString('utf8', local + 30, local + 30 + name)).toBe(path);
    const content = bytes.subarray(local + 30 + name, local + 30 + name + packed);
    expect(inflateRawSync(content).toString()).toBe(text);
    expect(size).toBe(Buffer.byteLength(text));
    expect(bytes.readUInt32LE(at + 16)).toBe(crc32(text));
    at += 46 + name;
  }
});

test('what is no archive, is cut off, or holds no manifest is no export [DATA-7]', async () => {
  const whole = Buffer.from(await (await zipped()).arrayBuffer());
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(100_000, 1), whole.subarray(0, -30)])
    expect(await pickedFiles([new File([bytes], 'x.zip')])).toBeUndefined();
  const odd = Buffer.from(whole);
  odd.writeUInt32LE(0xfffffff0, whole.length - 6);
  expect(await pickedFiles([new File([odd], 'x.zip')])).toBeUndefined();
  expect(await pickedFiles([new File(['x'], 'a.txt'), new File(['y'], 'b.txt')])).toBeUndefined();
  expect(await pickedFiles([])).toBeUndefined();
});

test('files of a folder are taken as they lie there [DATA-7]', async () => {
  const files = Object.entries(FILES).map(([path, text]) =>
    Object.defineProperty(new File([text], path), 'webkitRelativePath', { value: `mine/${path}` }),
  );
  expect(await read(files)).toEqual(FILES);
});
