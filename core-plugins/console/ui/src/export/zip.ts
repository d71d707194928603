import { BlobReader, configure, type FileEntry, ZipReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-custom.js';

// The content policy of the app allows no workers from blobs. The browser compresses beside this thread anyway.
configure({ useWebWorkers: false });

/** A file of an archive as it is put in. */
export interface ZipFile {
  readonly path: string;
  readonly content: Blob;
}

/** Everything in one archive, compressed. Contents stay with the browser, which may keep them on the disk. */
export async function writeZip(files: readonly ZipFile[], lastModDate: Date): Promise<Blob> {
  const pieces: Blob[] = [];
  const sink = new WritableStream<Uint8Array<ArrayBuffer>>({ write: (piece) => void pieces.push(new Blob([piece])) });
  const zip = new ZipWriter(sink, { lastModDate });
  for (const { path, content } of files) await zip.add(path, new BlobReader(content));
  await zip.close();
  return new Blob(pieces, { type: 'application/zip' });
}

/** The files of an archive by their names. What is no archive has none. */
export async function filesOfZip(zip: Blob): Promise<Map<string, () => ReadableStream<Uint8Array>>> {
  const entries = await new ZipReader(new BlobReader(zip)).getEntries().catch(() => []);
  return new Map(entries.flatMap((entry) => (entry.directory ? [] : [[entry.filename, () => contentOf(entry)]])));
}

function contentOf(entry: FileEntry): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  // Whoever reads it meets the error there.
  entry.getData(writable).catch((error) => writable.abort(error).catch(() => undefined));
  return readable;
}
