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

/** The mood that was told last. */
export class Mood {
  readonly #context: Pick<PluginContext, 'storage' | 'theme'>;
  #now: string | undefined;

  constructor(context: Pick<PluginContext, 'storage' | 'theme'>) {
    this.#context = context;
  }

  get now(): string | undefined {
    return this.#now;
  }

  /** Wears what was worn before a restart. */
  async resume(): Promise<void> {
    const kept = await this.#context.storage.get<string>(KEY);
    const mood = MOOD_IDS.find((each) => each === kept);
    if (mood !== undefined && (await this.#wear(mood)) === 'worn') this.#now = mood;
  }

  async change(mood: string): Promise<Worn> {
    const worn = await this.#wear(mood);
    if (worn !== 'worn') return worn;
    this.#now = mood;
    await this.#context.storage.set(KEY, mood);
    return worn;
  }

  async #wear(mood: string): Promise<Worn> {
    try {
      await this.#context.theme.set(mood);
      return 'worn';
    } catch (error) {
      if (isAicoError(error, 'KERNEL_THEME_TOO_OFTEN')) return 'tooSoon';
      if (isAicoError(error, 'KERNEL_PERMISSION_DENIED')) return 'notAllowed';
      throw error;
    }
  }
}
