/** Draws one vector of length 1 after the other. */
export type Draw = () => Float32Array;

const DIMENSIONS = 512;
const SEED = 1;
/** Like 7,000 sentences of manuals, embedded by the model that memory uses; see docs/performance.md. */
const TEXTS = { decay: 0.45, common: 0.4, topics: 100, topic: 0.2, own: 0.4 };

/** Kinds of vectors, each drawn anew from the same seed. */
export const VECTOR_DATA: Readonly<Record<'texts' | 'random', () => Draw>> = { texts: drawTexts, random: drawRandom };

/** Independent directions: nothing is near to anything, which is the worst for an index, and like no embedding. */
function drawRandom(): Draw {
  const gauss = gaussFrom(SEED);
  return () => unit(Float32Array.from({ length: DIMENSIONS }, gauss));
}

/**
 * As embeddings of texts lie: all share a part, those of a topic another, and their own part varies much in a few directions and
 * little in most, by a power of their rank.
 */
function drawTexts(): Draw {
  const gauss = gaussFrom(SEED);
  const spread = unit(Float32Array.from({ length: DIMENSIONS }, (_, rank) => (rank + 1) ** -TEXTS.decay));
  const part = (share: number): Float32Array => spread.map((deviation) => Math.sqrt(share) * deviation * gauss());
  const common = unit(Float32Array.from({ length: DIMENSIONS }, gauss)).map((value) => value * Math.sqrt(TEXTS.common));
  const topics = Array.from({ length: TEXTS.topics }, () => part(TEXTS.topic));
  let at = 0;
  return () => {
    const topic = topics[at++ % topics.length] ?? common;
    return unit(part(TEXTS.own).map((value, index) => value + (topic[index] ?? 0) + (common[index] ?? 0)));
  };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** Normally distributed numbers, by Box and Muller. */
function gaussFrom(seed: number): () => number {
  const random = randomFrom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Numbers from 0 to 1, always the same: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
