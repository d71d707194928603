/** Found by its words, by its meaning, or both. */
export type FoundBy = 'words' | 'meaning';

/** A candidate with its score. */
export interface Fused {
  readonly key: number;
  readonly score: number;
  readonly by: FoundBy[];
}

/** How much the first ranks count over the later ones. */
const RANK_CONSTANT = 60;

/**
 * Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009): each list gives 1 / (60 + rank), best first. Scores of
 * different kinds need not be comparable. Of two with equal scores the one nearer in meaning comes first.
 */
export function fuse(lists: Readonly<Record<FoundBy, readonly number[]>>): Fused[] {
  const fused = new Map<number, { score: number; by: FoundBy[] }>();
  for (const by of ['meaning', 'words'] as const) {
    for (const [index, key] of lists[by].entries()) {
      const entry = fused.get(key) ?? { score: 0, by: [] };
      entry.score += 1 / (RANK_CONSTANT + index + 1);
      entry.by.push(by);
      fused.set(key, entry);
    }
  }
  return [...fused].map(([key, entry]) => ({ key, ...entry })).sort((a, b) => b.score - a.score);
}
