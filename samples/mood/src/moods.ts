import { isAicoError, type PluginContext } from '@aico/sdk';

/** The moods, each with the theme of the same id in plugin.json, and words that mean it. */
const MOODS = [
  { id: 'calm', words: ['quiet', 'relaxed', 'peaceful'] },
  { id: 'bright', words: ['happy', 'cheerful', 'glad'] },
  { id: 'tender', words: ['sad', 'soft', 'lonely'] },
  { id: 'focused', words: ['busy', 'working', 'concentrated'] },
] as const;
export const MOOD_IDS: readonly string[] = MOODS.map(({ id }) => id);

const KEY = 'mood';

/** Which mood somebody names; undefined when it is none. */
export function findMood(typed: string): string | undefined {
  const word = typed.trim().toLowerCase();
  return MOODS.find(({ id, words }) => id === word || words.some((each) => each === word))?.id;
}

/** What wearing a mood came to. */
export type Worn = 'worn' | 'tooSoon' | 'notAllowed';

/** A mood as it is kept. */
export interface Told {
  readonly mood: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

type Powers = Pick<PluginContext, 'storage' | 'theme'> & { readonly now: () => Date };

/** The mood that was told last. */
export class Mood {
  readonly #powers: Powers;
  #told: Told | undefined;

  constructor(powers: Powers) {
    this.#powers = powers;
  }

  get now(): string | undefined {
    return this.#told?.mood;
  }

  get told(): Told | undefined {
    return this.#told;
  }

  /** Wears what was worn before a restart. */
  async resume(): Promise<void> {
    const kept = await this.#powers.storage.get<Partial<Told>>(KEY);
    const mood = MOOD_IDS.find((each) => each === kept?.mood);
    if (mood === undefined || kept?.at === undefined) return;
    this.#told = { mood, at: kept.at };
    await this.#wear(mood);
  }

  async change(mood: string): Promise<Worn> {
    const worn = await this.#wear(mood);
    if (worn === 'worn') await this.#keep({ mood, at: this.#powers.now().toISOString() });
    return worn;
  }

  /** Keeps what was told elsewhere, and wears it if it may. */
  async takeBack(told: Told): Promise<void> {
    await this.#keep(told);
    await this.#wear(told.mood);
  }

  /** Whether there was one. What is worn is worn until the next start, or the next mood. */
  forget(): Promise<boolean> {
    this.#told = undefined;
    return this.#powers.storage.delete(KEY);
  }

  async #keep(told: Told): Promise<void> {
    this.#told = told;
    await this.#powers.storage.set(KEY, told);
  }

  async #wear(mood: string): Promise<Worn> {
    try {
      await this.#powers.theme.set(mood);
      return 'worn';
    } catch (error) {
      if (isAicoError(error, 'KERNEL_THEME_TOO_OFTEN')) return 'tooSoon';
      if (isAicoError(error, 'KERNEL_PERMISSION_DENIED')) return 'notAllowed';
      throw error;
    }
  }
}
