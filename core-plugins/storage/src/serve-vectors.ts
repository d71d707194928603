import type { Bus } from '@aico/sdk';
import type { Vectors } from './vectors.ts';

/** Answers the topics of vectors. The sender is whose they are; no topic names another's. */
export async function serveVectors(bus: Pick<Bus, 'serve'>, vectors: Vectors): Promise<void> {
  await bus.serve('vector.upsert.v1', async ({ sender, data }) => {
    await vectors.upsert(sender, data);
    return {};
  });
  await bus.serve('vector.query.v1', async ({ sender, data }) => ({ hits: await vectors.query(sender, data) }));
  await bus.serve('vector.delete.v1', async ({ sender, data }) => ({ deleted: await vectors.delete(sender, data) }));
  await bus.serve('vector.list.v1', ({ sender, data }) => vectors.list(sender, data));
  await bus.serve('vector.collection.list.v1', async ({ sender }) => ({
    collections: await vectors.collections(sender),
  }));
  await bus.serve('vector.collection.drop.v1', async ({ sender, data }) => ({
    dropped: await vectors.drop(sender, data.collection),
  }));
  await bus.serve('vector.store.list.v1', async () => ({ collections: await vectors.all() }));
  await bus.serve('vector.store.move.v1', ({ data }) => vectors.move(data.store));
}
