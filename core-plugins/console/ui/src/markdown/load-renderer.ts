import type { Words } from '../i18n/words.svelte.ts';

type Renderer = (text: string) => string[];

const renderers = new Map<string, Promise<Renderer>>();

/** The renderer in the language in force. The parser and the sanitiser are fetched with the first message, not before. */
export function loadRenderer(words: Words): Promise<Renderer> {
  const { language } = words;
  const known = renderers.get(language);
  if (known) return known;
  const loading = import('./render.ts').then(({ createRenderer }) =>
    createRenderer({
      picture: (host) => (host ? words.t('message.picture', { host }) : words.t('message.picture.unknown')),
    }),
  );
  renderers.set(language, loading);
  return loading;
}
