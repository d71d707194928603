import type { VectorEntry } from '@aico/schemas';
import type { Bus } from '../bus.ts';
import type { KeptVector, Vectors } from '../context.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

const PAGE = 500;

/** ctx.vectors: thin requests to whoever keeps vectors. */
export function createVectors(bus: Bus): Vectors {
  return {
    upsert: async (collection, entries) => {
      const sent = entries.map(({ vector, ...entry }) => ({ ...entry, vector: encodeVector(vector) }));
      await bus.request('vector.upsert.v1', { collection, entries: sent });
    },
    query: async (collection, vector, { where, ...options } = {}) => {
      const asked = { collection, vector: encodeVector(vector), ...options, ...(where && { where: [...where] }) };
      return (await bus.request('vector.query.v1', asked)).hits;
    },
    delete: async (collection, ids) => (await bus.request('vector.delete.v1', { collection, ids: [...ids] })).deleted,
    entries: async function* (collection) {
      for (let after: string | undefined; ; ) {
        const asked = { collection, limit: PAGE, ...(after !== undefined && { after }) };
        const { entries, next } = await bus.request('vector.list.v1', asked);
        yield* entries.map(keptVectorOf);
        if (next === undefined) return;
        after = next;
      }
    },
    collections: async () => (await bus.request('vector.collection.list.v1', {})).collections,
    drop: async (collection) => (await bus.request('vector.collection.drop.v1', { collection })).dropped,
  };
}

/** Little endian, as every machine is that AICO runs on. */
function encodeVector(vector: ArrayLike<number>): string {
  const { buffer } = Float32Array.from(vector);
  return encodeBase64(new Uint8Array(buffer));
}

function keptVectorOf({ vector, ...entry }: VectorEntry): KeptVector {
  return { ...entry, vector: new Float32Array(decodeBase64(vector).buffer) };
}
