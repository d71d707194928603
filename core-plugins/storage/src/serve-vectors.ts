import type { Bus, Request } from '@aico/sdk';
import type { Vectors } from './vectors.ts';

type Asked = Pick<Request<unknown>, 'sender' | 'incarnation' | 'quota' | 'signal'>;

/**
 * Answers the topics of vectors. The sender is whose they are; no topic names another's.
 * @param admit resolves when the sender may work on its database, and holds that to its quota
 */
export async function serveVectors(
  bus: Pick<Bus, 'serve'>,
  vectors: Vectors,
  admit: (asked: Asked) => Promise<void>,
): Promise<void> {
  await bus.serve('vector.upsert.v1', async (asked) => {
    await admit(asked);
    await vectors.upsert(asked.sender, asked.data);
    return {};
  });
  await bus.serve('vector.query.v1', async (asked) => {
    await admit(asked);
    return { hits: await vectors.query(asked.sender, asked.data) };
  });
  await bus.serve('vector.delete.v1', async (asked) => {
    await admit(asked);
    return { deleted: await vectors.delete(asked.sender, asked.data) };
  });
  await bus.serve('vector.list.v1', async (asked) => {
    await admit(asked);
    return vectors.list(asked.sender, asked.data);
  });
  await bus.serve('vector.collection.list.v1', async (asked) => {
    await admit(asked);
    return { collections: await vectors.collections(asked.sender) };
  });
  await bus.serve('vector.collection.drop.v1', async (asked) => {
    await admit(asked);
    return { dropped: await vectors.drop(asked.sender, asked.data.collection) };
  });
  await bus.serve('vector.store.list.v1', async () => ({ collections: await vectors.all() }));
  await bus.serve('vector.store.move.v1', ({ data }) => vectors.move(data.store));
}
