/** What the companion's face shows. */
export type CompanionMood = 'asleep' | 'resting' | 'listening' | 'thinking' | 'talking';

export interface Circumstances {
  readonly reachable: boolean;
  readonly replying: boolean;
  /** Whether the reply under way has text yet. */
  readonly speaking: boolean;
  /** Whether the user is writing. */
  readonly writing: boolean;
}

/** The face for the moment. */
export function companionMood({ reachable, replying, speaking, writing }: Circumstances): CompanionMood {
  if (!reachable) return 'asleep';
  if (replying) return speaking ? 'talking' : 'thinking';
  return writing ? 'listening' : 'resting';
}
