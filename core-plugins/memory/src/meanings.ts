import type { Storage, Vectors } from '@aico/sdk';

const COLLECTION = 'memory';
const AT_ONCE = 500;

/** What the model made of memories, kept as vectors under their sequences. */
export class Meanings {
  readonly #storage: Storage;
  readonly #vectors: Vectors;

  constructor(storage: Storage, vectors: Vectors) {
    this.#storage = storage;
    this.#vectors = vectors;
  }

  /** Memories that the model has not read yet. */
  async unread(limit: number): Promise<readonly { readonly sequence: number; readonly text: string }[]> {
    return this.#storage.query(
      'select sequence, text from memory where embedded = 0 and embedding is null order by sequence limit ?',
      [limit],
    );
  }

  /** Keeps what the model made of memories. Of one that was forgotten meanwhile nothing stays. */
  async keep(made: ReadonlyMap<number, Float32Array>): Promise<void> {
    const sequences = [...made.keys()];
    await this.#vectors.upsert(
      COLLECTION,
      sequences.map((sequence) => ({ id: String(sequence), vector: made.get(sequence) ?? [] })),
    );
    const results = await this.#storage.batch(
      sequences.map((sequence) => ({
        sql: 'update memory set embedded = 1, embedding = null where sequence = ?',
        values: [sequence],
      })),
    );
    await this.forget(sequences.filter((_, at) => results[at]?.changes !== 1));
  }

  async forget(sequences: readonly number[]): Promise<void> {
    for (let from = 0; from < sequences.length; from += AT_ONCE)
      await this.#vectors.delete(COLLECTION, sequences.slice(from, from + AT_ONCE).map(String));
  }

  /** Sequences of the nearest memories, nearest first. */
  async near(vector: Float32Array, limit: number, least: number): Promise<number[]> {
    const hits = await this.#vectors.query(COLLECTION, vector, { limit, least });
    return hits.map(({ id }) => Number(id));
  }

  /** Moves what an earlier version kept in its own table among the vectors, newest first. How many there were. */
  async moveOld(signal: AbortSignal): Promise<number> {
    for (let moved = 0; ; ) {
      const rows = await this.#storage.query<{ sequence: number; embedding: { base64: string } }>(
        `select sequence, embedding from memory where embedded = 0 and embedding is not null
         order by sequence desc limit ?`,
        [AT_ONCE],
      );
      if (rows.length === 0 || signal.aborted) return moved;
      await this.keep(new Map(rows.map(({ sequence, embedding }) => [sequence, vectorOf(embedding.base64)])));
      moved += rows.length;
    }
  }
}

/** A copy, since a decoded buffer need not lie where floats may. */
function vectorOf(base64: string): Float32Array {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer, 0, bytes.byteLength / 4);
}
