import type { VectorEntry, VectorExternalAnswer, VectorExternalAsk } from '@aico/sdk';
import { cosineOf, decodeVector } from '../src/vector-code.ts';

/** An external store in memory: without conditions, but true to the rest of what storage asks of one. */
export class MapVectors {
  readonly collections = new Map<string, Map<string, VectorEntry>>();
  asked = 0;

  ask = (ask: VectorExternalAsk): VectorExternalAnswer => {
    this.asked += 1;
    const name = `${ask.owner} ${ask.collection}`;
    const found = this.collections.get(name);
    const own = found ?? new Map<string, VectorEntry>();
    if (ask.drop === true) this.collections.delete(name);
    if (found === undefined && !ask.upsert) return {};
    if (ask.count === true) return { count: own.size };
    if (ask.delete) return { deleted: ask.delete.filter((id) => own.delete(id)).length };
    if (ask.upsert) {
      for (const entry of ask.upsert) own.set(entry.id, entry);
      this.collections.set(name, own);
    }
    if (ask.list) {
      const { after = '', limit = 100 } = ask.list;
      const ids = [...own.keys()].filter((id) => id > after).sort();
      const entries = ids.slice(0, limit).flatMap((id) => own.get(id) ?? []);
      const next = ids.length > limit ? entries.at(-1)?.id : undefined;
      return { entries, ...(next !== undefined && { next }) };
    }
    if (ask.query) {
      const asked = numbersOf(ask.query.vector);
      const { limit = 10, least = -1 } = ask.query;
      const hits = [...own.values()]
        .map(({ id, vector, metadata }) => ({
          id,
          nearness: cosineOf(numbersOf(vector), asked),
          ...(metadata && { metadata }),
        }))
        .filter(({ nearness }) => nearness >= least)
        .sort((a, b) => b.nearness - a.nearness);
      return { hits: hits.slice(0, limit) };
    }
    return {};
  };
}

function numbersOf(vector: string): Float32Array {
  return decodeVector(vector) ?? new Float32Array();
}
