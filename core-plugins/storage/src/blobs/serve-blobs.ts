import type { Bus, Message } from '@aico/sdk';
import type { BlobStore } from './blob-store.ts';
import type { BlobOwner } from './blob-uploads.ts';

/** Answers the topics of blobs: each plugin has its own, and the kernel says which plugin asks. */
export async function serveBlobs(bus: Bus, blobs: BlobStore): Promise<void> {
  await bus.serve('blob.write.v1', (asked) => {
    const { data, quota } = asked;
    return blobs.write(ownerOf(asked), { ...data, data: Buffer.from(data.data, 'base64') }, quota?.['storageMb']);
  });
  await bus.serve('blob.finish.v1', (asked) => blobs.finish(ownerOf(asked), asked.data.upload));
  await bus.serve('blob.abort.v1', async (asked) => {
    await blobs.abort(ownerOf(asked), asked.data.upload);
    return {};
  });
  await bus.serveStream('blob.read.v1', ({ sender, data, signal }, stream) =>
    blobs.read(sender, data, (piece) => stream.write({ data: Buffer.from(piece).toString('base64') }), signal),
  );
  await bus.serve('blob.stat.v1', async ({ sender, data }) => {
    const blob = await blobs.stat(sender, data.id);
    return blob === undefined ? {} : { blob };
  });
  await bus.serve('blob.list.v1', ({ sender, data }) => blobs.list(sender, data));
  await bus.serve('blob.delete.v1', async ({ sender, data }) => ({ deleted: await blobs.delete(sender, data.id) }));
}

function ownerOf({ sender, incarnation }: Pick<Message<unknown>, 'sender' | 'incarnation'>): BlobOwner {
  return { plugin: sender, incarnation };
}
