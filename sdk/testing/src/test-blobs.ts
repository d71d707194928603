import { createHash } from 'node:crypto';
import { AicoError, type BlobInfo } from '@aico/schemas';
import type { TestKernel } from './test-kernel.ts';

const TOPICS = ['write', 'finish', 'abort', 'read', 'stat', 'list', 'delete'].map((name) => `blob.${name}.v1`);
const PIECE_BYTES = 196_608;
const DEFAULT_PAGE = 100;

/** Serves `ctx.blobs` for the plugins of a test, out of memory. What they keep outlives them. */
export async function serveBlobs(kernel: TestKernel): Promise<void> {
  const { bus } = await kernel.peer({
    id: 'blobs',
    permissions: TOPICS.map((topic) => ({ verb: 'serve' as const, topic })),
  });
  const plugins = new Map<string, Map<string, Buffer>>();
  const uploads = new Map<string, { readonly plugin: string; content: Buffer }>();
  const blobsOf = (plugin: string): Map<string, Buffer> => {
    const own = plugins.get(plugin) ?? new Map<string, Buffer>();
    plugins.set(plugin, own);
    return own;
  };
  const uploadOf = (plugin: string, id: string): { content: Buffer } => {
    const upload = uploads.get(id);
    if (upload?.plugin === plugin) return upload;
    throw new AicoError('BLOB_UPLOAD_UNKNOWN', { subject: plugin, details: { upload: id } });
  };
  const infoOf = (id: string, { length }: Buffer): BlobInfo => ({ id, size: length });

  await bus.serve('blob.write.v1', ({ sender, data: { upload, offset, data } }) => {
    const id = upload ?? crypto.randomUUID().replaceAll('-', '');
    if (upload === undefined) uploads.set(id, { plugin: sender, content: Buffer.alloc(0) });
    const writing = uploadOf(sender, id);
    const expected = writing.content.length;
    if (offset !== expected)
      throw new AicoError('BLOB_OFFSET_WRONG', { subject: sender, details: { offset, expected } });
    writing.content = Buffer.concat([writing.content, Buffer.from(data, 'base64')]);
    return { upload: id, offset: writing.content.length };
  });
  await bus.serve('blob.finish.v1', ({ sender, data }) => {
    const { content } = uploadOf(sender, data.upload);
    uploads.delete(data.upload);
    const id = createHash('sha256').update(`${sender}\n`).update(content).digest('hex');
    blobsOf(sender).set(id, content);
    return infoOf(id, content);
  });
  await bus.serve('blob.abort.v1', ({ sender, data }) => {
    uploadOf(sender, data.upload);
    uploads.delete(data.upload);
    return {};
  });
  await bus.serveStream('blob.read.v1', async ({ sender, data: { id, start = 0, end } }, stream) => {
    const content = blobsOf(sender).get(id);
    if (content === undefined) throw new AicoError('BLOB_UNKNOWN', { subject: sender, details: { blob: id } });
    const part = content.subarray(start, end);
    for (let at = 0; at < part.length; at += PIECE_BYTES)
      await stream.write({ data: part.subarray(at, at + PIECE_BYTES).toString('base64') });
    return infoOf(id, content);
  });
  await bus.serve('blob.stat.v1', ({ sender, data: { id } }) => {
    const content = blobsOf(sender).get(id);
    return content === undefined ? {} : { blob: infoOf(id, content) };
  });
  await bus.serve('blob.list.v1', ({ sender, data: { after = '', limit = DEFAULT_PAGE } }) => {
    const own = [...blobsOf(sender)].filter(([id]) => id > after).sort(([one], [other]) => (one < other ? -1 : 1));
    const blobs = own.slice(0, limit).map(([id, content]) => infoOf(id, content));
    const last = blobs.at(-1);
    return own.length > limit && last !== undefined ? { blobs, next: last.id } : { blobs };
  });
  await bus.serve('blob.delete.v1', ({ sender, data }) => ({ deleted: blobsOf(sender).delete(data.id) }));
}
