import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { pickedFiles } from '../../ui/src/export/picked-files.ts';
import { writeZip } from '../../ui/src/export/zip.ts';

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
  const found = Object.keys(FILES).map(async (path) => [path, await textOf(picked?.open(path))] as const);
  return Object.fromEntries(await Promise.all(found));
}

async function textOf(stream: ReadableStream<Uint8Array> | undefined): Promise<string | undefined> {
  return stream && new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}

test('an archive holds every file as it was, and is read again, in whatever folder it lies [DATA-7]', async () => {
  expect(await read([await zipped()])).toEqual(FILES);
  expect(await read([await zipped('my export/')])).toEqual(FILES);
  const picked = await pickedFiles([await zipped()]);
  for (const path of ['../manifest.json', 'chat', 'none']) expect(picked?.open(path)).toBeUndefined();
});

test('what was damaged inside an archive fails for who reads it, and the rest is read [DATA-7]', async () => {
  const bytes = Buffer.from(await (await zipped()).arrayBuffer());
  const packed = bytes.indexOf('chat/messages.jsonl') + 'chat/messages.jsonl'.length;
  const picked = await pickedFiles([new File([bytes.fill(0xff, packed, packed + 50)], 'export.zip')]);
  await expect(textOf(picked?.open('chat/messages.jsonl'))).rejects.toThrow();
  expect(await textOf(picked?.open('manifest.json'))).toBe(FILES['manifest.json']);
});

test('who stops in the middle of a file stops reading it, and it can be read again [DATA-7]', async () => {
  const picked = await pickedFiles([await zipped()]);
  const reader = picked?.open('chat/messages.jsonl')?.getReader();
  expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
  await reader?.cancel();
  expect(await textOf(picked?.open('chat/messages.jsonl'))).toBe(FILES['chat/messages.jsonl']);
});

test('what is no archive, is cut off, or holds no manifest is no export [DATA-7]', async () => {
  const whole = Buffer.from(await (await zipped()).arrayBuffer());
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(100_000, 1), whole.subarray(0, -30)])
    expect(await pickedFiles([new File([bytes], 'x.zip')])).toBeUndefined();
  expect(await pickedFiles([new File(['x'], 'a.txt'), new File(['y'], 'b.txt')])).toBeUndefined();
  expect(await pickedFiles([])).toBeUndefined();
});

test('files of a folder are taken as they lie there [DATA-7]', async () => {
  const files = Object.entries(FILES).map(([path, text]) =>
    Object.defineProperty(new File([text], path), 'webkitRelativePath', { value: `mine/${path}` }),
  );
  expect(await read(files)).toEqual(FILES);
});
