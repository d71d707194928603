import type { Words } from '../i18n/words.svelte.ts';

export type Renderer = (text: string) => string[];

const loading = new Map<string, Promise<Renderer>>();
const ready = new Map<string, Renderer>();

/** The renderer in the language in force, when it is here already. */
export function readyRenderer(words: Words): Renderer | undefined {
  return ready.get(words.language);
}

/** Lets go of what was rendered: a renderer remembers it. */
export function forgetRendered(): void {
  loading.clear();
  ready.clear();
}

/** Fetches the renderer: the parser and the sanitiser come with the first message, not with the page. */
export function loadRenderer(words: Words): Promise<Renderer> {
  const { language } = words;
  const known = loading.get(language);
  if (known) return known;
  const renderer = import('./render.ts').then(({ createRenderer }) => {
    const render = createRenderer({
      picture: (host) => (host ? words.t('message.picture', { host }) : words.t('message.picture.unknown')),
    });
    ready.set(language, render);
    return render;
  });
  loading.set(language, renderer);
  return renderer;
}
