import type { Attachment } from '@aico/sdk';

/** Files that go with one message at most, and how large each may be. */
export const MOST_FILES = 10;
export const MOST_FILE_BYTES = 100_000_000;
const MOST_NAME_CHARACTERS = 200;
/** Pictures up to this size are shown in the conversation. */
const MOST_SHOWN_BYTES = 20_000_000;
/** As the chat plugin has it: so much text of files is given to the model with one message. */
const MOST_READ_BYTES = 32_768;
const READ = /^(text\/.*|application\/(json|xml|yaml|x-yaml|toml|javascript)|.*\+(json|xml))$/;
/** Formats that browsers decode and run nothing of; SVG, which can hold scripts, is not among them. */
const SHOWN: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const UNKNOWN_TYPE = 'application/octet-stream';

/** A file's name without folders and control characters, not longer than names may be. */
export function fileName(name: string): string {
  const plain = name.replace(/[\p{Cc}/\\]+/gu, ' ').trim();
  return [...plain].slice(0, MOST_NAME_CHARACTERS / 2).join('') || 'file';
}

/** A media type without parameters; one that is none is that of bytes. */
export function fileType(type: string): string {
  const plain = type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(plain) && plain.length <= 100
    ? plain
    : UNKNOWN_TYPE;
}

/** Whether a file is shown as a picture. */
export function isShown({ type, size }: Pick<Attachment, 'type' | 'size'>): boolean {
  return SHOWN.has(type) && size <= MOST_SHOWN_BYTES;
}

/** Whether a file says that it holds text. */
export function isText({ type }: Pick<Attachment, 'type'>): boolean {
  return READ.test(type);
}

/** Whether bytes are text indeed, as a model would be given them. */
export async function isReadable(file: Blob): Promise<boolean> {
  if (file.size > MOST_READ_BYTES) return false;
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()).includes('\0');
  } catch {
    return false;
  }
}

/** What becomes of a file that goes with a message: read by the model, more text than it takes, or known by name alone. */
export type Fate = 'read' | 'full' | 'named';

/** What the model would learn of files sent together, in their order: the earlier ones take the room. */
export function fatesOf(
  files: readonly (Pick<Attachment, 'type' | 'size'> & { readonly readable?: boolean })[],
): Fate[] {
  let left = MOST_READ_BYTES;
  return files.map((file) => {
    if (!isText(file)) return 'named';
    if (file.size > left) return 'full';
    if (file.readable === false) return 'named';
    left -= file.size;
    return 'read';
  });
}
