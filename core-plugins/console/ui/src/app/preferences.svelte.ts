import { MediaQuery } from 'svelte/reactivity';
import { formatChoice, parseChoice, type ThemeChoice } from '../appearance/theme-choice.ts';
import { LANGUAGES, type Language } from '../i18n/words.svelte.ts';

export type Theme = 'light' | 'dark' | 'system';
const THEMES: readonly Theme[] = ['light', 'dark', 'system'];

/** How this browser likes to see the app. Nothing private: localStorage lies unencrypted on the disk. */
export class Preferences {
  readonly #darkAround = new MediaQuery('(prefers-color-scheme: dark)');
  #theme = $state<Theme>(readOne('aico.theme', THEMES) ?? 'system');
  #colors = $state.raw<ThemeChoice | undefined>(parseChoice(read('aico.theme-choice')));
  #language = $state<Language>(readOne('aico.language', LANGUAGES) ?? browserLanguage());
  #listFolded = $state(readOne('aico.list', ['folded']) !== undefined);
  #companionShown = $state(readOne('aico.companion', ['hidden']) === undefined);
  #modelHintDismissed = $state(readOne('aico.model-hint', ['dismissed']) !== undefined);

  get theme(): Theme {
    return this.#theme;
  }
  set theme(theme: Theme) {
    this.#theme = theme;
    write('aico.theme', theme === 'system' ? undefined : theme);
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }

  /** Whether the app is dark now, by choice or as the system is. */
  get dark(): boolean {
    return this.#theme === 'system' ? this.#darkAround.current : this.#theme === 'dark';
  }

  /** The theme that was chosen; undefined for AICO's own colours. */
  get colors(): ThemeChoice | undefined {
    return this.#colors;
  }
  set colors(choice: ThemeChoice | undefined) {
    this.#colors = choice;
    write('aico.theme-choice', choice && formatChoice(choice));
  }

  get language(): Language {
    return this.#language;
  }
  set language(language: Language) {
    this.#language = language;
    write('aico.language', language);
  }

  get listFolded(): boolean {
    return this.#listFolded;
  }
  set listFolded(folded: boolean) {
    this.#listFolded = folded;
    write('aico.list', folded ? 'folded' : undefined);
  }

  get companionShown(): boolean {
    return this.#companionShown;
  }
  set companionShown(shown: boolean) {
    this.#companionShown = shown;
    write('aico.companion', shown ? undefined : 'hidden');
  }

  get modelHintDismissed(): boolean {
    return this.#modelHintDismissed;
  }
  dismissModelHint(): void {
    this.#modelHintDismissed = true;
    write('aico.model-hint', 'dismissed');
  }
}

function browserLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';
}

function readOne<Value extends string>(key: string, allowed: readonly Value[]): Value | undefined {
  const kept = read(key);
  return allowed.find((value) => value === kept);
}

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    // A browser may forbid storage; the app then forgets between visits.
    return undefined;
  }
}

function write(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // As above: what cannot be kept holds until the page closes.
  }
}
