import type { Recall, RecallConstraints, RecallHit, RecallResult } from '@aico/sdk';
import { type FoundBy, fuse } from './fuse.ts';
import type { Meanings } from './meanings.ts';
import type { KeptMemory, MemoryStore } from './memory-store.ts';
import type { ModelKeeper } from './model-keeper.ts';
import { contentWords, isAboutEverything, isAboutOneself, isAboutTalk, normalized, stemOf, wordsOf } from './words.ts';

/** What recall looks in. */
export interface RecallPowers {
  readonly store: Pick<MemoryStore, 'findByWords' | 'findBySequence' | 'newestTold'>;
  readonly model: Pick<ModelKeeper, 'embed'>;
  readonly meanings: Pick<Meanings, 'near'>;
}

const CANDIDATES = 50;
const DEFAULT_LIMIT = 6;
/** A long text is asked about by its first words. */
const MOST_WORDS = 40;
const MOST_EMBEDDED_CHARACTERS = 600;
/** Nearness, as a cosine, of a question about the user to what the user told; measured, see the tests. */
const NEAR_ABOUT_ONESELF = 0.39;
/** Other texts have to be nearer: "Good morning" is 0.44 from a bad day at work. */
const NEAR = 0.5;
/** So much of what a text is about has to occur in a memory that is found by words. */
const SHARED_PART = 1 / 3;
const SHARED_WORDS = 2;

/** What is remembered about a text: by words and by meaning, fused by rank. Nothing, when nothing is near enough. */
export async function recall(powers: RecallPowers, asked: Recall): Promise<RecallResult> {
  const { limit = DEFAULT_LIMIT } = asked;
  const { store } = powers;
  if (isAboutEverything(asked.text)) {
    const told = (await store.newestTold(CANDIDATES)).filter(({ text }) => isAboutOneself(text));
    const hits = told.map((memory, index) => hitOf(memory, 1 / (index + 1), ['meaning']));
    return { hits: distinct(hits.filter(isWanted(asked))).slice(0, limit) };
  }
  const [byWords, nearest] = await Promise.all([findByWords(powers, asked.text), findByMeaning(powers, asked.text)]);
  const known = new Map(byWords.map((memory) => [memory.sequence, memory]));
  const missing = (nearest ?? []).filter((sequence) => !known.has(sequence));
  for (const memory of await store.findBySequence(missing)) known.set(memory.sequence, memory);

  // Ranks are counted among what may be recalled at all.
  const wanted = isWanted(asked);
  const mayBeRecalled = (sequence: number): boolean => {
    const memory = known.get(sequence);
    return memory !== undefined && wanted({ memory }) && (!memory.asks || isAboutTalk(asked.text));
  };
  const fused = fuse({
    words: byWords.map(({ sequence }) => sequence).filter(mayBeRecalled),
    meaning: (nearest ?? []).filter(mayBeRecalled),
  });
  const hits = fused.flatMap(({ key, score, by }) => {
    const memory = known.get(key);
    return memory ? [hitOf(memory, score, by)] : [];
  });
  return { hits: distinct(hits).slice(0, limit), ...(nearest === undefined && { degraded: true }) };
}

const DAY_MS = 86_400_000;

/** What is told of it to whoever asks, as far as their grant goes. */
export function within(
  { hits, ...result }: RecallResult,
  { sinceDays, most }: RecallConstraints,
  now: number,
): RecallResult {
  const since = sinceDays === undefined ? Number.NEGATIVE_INFINITY : now - sinceDays * DAY_MS;
  return { ...result, hits: hits.filter(({ memory }) => Date.parse(memory.when) >= since).slice(0, most) };
}

/** The words of a query for the word index: any of them, each quoted. */
export function matchAny(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.map((word) => `"${word}"`).join(' OR ');
}

async function findByWords({ store }: RecallPowers, text: string): Promise<KeptMemory[]> {
  const words = contentWords(text).slice(0, MOST_WORDS);
  const match = matchAny(words);
  if (match === undefined) return [];
  const stems = new Set(words.map(stemOf));
  const found = await store.findByWords(match, CANDIDATES);
  return found.filter((memory) => {
    const own = new Set(wordsOf(memory.text).map(stemOf));
    const shared = [...stems].filter((stem) => own.has(stem)).length;
    return shared >= SHARED_WORDS || (shared > 0 && shared / stems.size >= SHARED_PART);
  });
}

/** Sequences, nearest first; undefined while there is no model. */
async function findByMeaning({ model, meanings }: RecallPowers, text: string): Promise<number[] | undefined> {
  const [vector] = (await model.embed([text.slice(0, MOST_EMBEDDED_CHARACTERS)])) ?? [];
  if (vector === undefined) return undefined;
  return meanings.near(vector, CANDIDATES, isAboutOneself(text) ? NEAR_ABOUT_ONESELF : NEAR);
}

/** Neither the message that asks, nor one that asks the same. */
function isWanted({ text, excludeMessage }: Recall): (hit: { memory: Pick<KeptMemory, 'text' | 'source'> }) => boolean {
  const same = normalized(text);
  return ({ memory }) => memory.source.message !== excludeMessage && normalized(memory.text) !== same;
}

/** What was said several times is recalled once, as it was said best. */
function distinct(hits: readonly RecallHit[]): RecallHit[] {
  const seen = new Set<string>();
  return hits.filter(({ memory }) => {
    const text = normalized(memory.text);
    return !seen.has(text) && seen.add(text);
  });
}

function hitOf({ id, text, when, source }: KeptMemory, score: number, by: FoundBy[]): RecallHit {
  return { memory: { id, text, when, source }, score, by };
}
