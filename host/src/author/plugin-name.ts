import { isReservedId } from '@aico/registry';
import { AicoError } from '@aico/schemas';

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MIN_ID_CHARACTERS = 2;
const MAX_ID_CHARACTERS = 40;
const MAX_NAME_CHARACTERS = 60;

/** @throws AicoError AUTHOR_ID_INVALID */
export function assertId(id: string): void {
  const fits = ID.test(id) && id.length >= MIN_ID_CHARACTERS && id.length <= MAX_ID_CHARACTERS;
  if (!fits || isReservedId(id)) throw new AicoError('AUTHOR_ID_INVALID', { subject: id });
}

/** @throws AicoError AUTHOR_NAME_INVALID */
export function assertName(name: string): void {
  const fits = name.trim() !== '' && [...name].length <= MAX_NAME_CHARACTERS && !/\p{Cc}/u.test(name);
  if (!fits) throw new AicoError('AUTHOR_NAME_INVALID', { subject: name });
}

/** The id that is nearest to a text: `My Plugin!` gives `my-plugin`. */
export function idFrom(text: string): string {
  const words =
    text
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/\p{M}/gu, '')
      .match(/[a-z0-9]+/g) ?? [];
  const id = words
    .join('-')
    .replace(/^[0-9-]+/, '')
    .slice(0, MAX_ID_CHARACTERS)
    .replace(/-$/, '');
  return id.length < MIN_ID_CHARACTERS ? 'my-plugin' : id;
}

/** The name that an id suggests: `my-plugin` gives `My plugin`. */
export function nameFrom(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
