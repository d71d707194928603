import type { FileHandle } from 'node:fs/promises';

/** Bytes of a file; fewer where it ends before. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  for (let read = -1; done < length && read !== 0; done += read) {
    ({ bytesRead: read } = await file.read(bytes, done, length - done, position + done));
  }
  return bytes.subarray(0, done);
}
