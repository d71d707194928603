import { AicoError } from '@aico/schemas';

const MAX_NAME_BYTES = 240;
/** Names that Windows gives to devices, whatever their extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** What is wrong with a path inside a package, as the end of "a file which …"; undefined when nothing is. */
function findNameProblem(name: string): string | undefined {
  if (name === '') return 'has no name';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `has a name of more than ${MAX_NAME_BYTES} bytes`;
  if (!name.isWellFormed() || /\p{C}/u.test(name)) return 'has control or invisible characters in its name';
  if (name.startsWith('/')) return 'is an absolute path';
  if (/[\\<>:"|?*]/.test(name)) return 'has a character in its name that some systems do not allow';
  if (name !== name.normalize('NFC')) return 'has a name outside Unicode normalisation form C';
  for (const segment of name.split('/')) {
    if (segment === '' || segment === '.' || segment === '..') return 'leaves or restates its folder';
    if (/[. ]$/.test(segment)) return 'has a name that ends with a dot or a space';
    if (DEVICE.test(segment)) return 'has the name of a device on Windows';
  }
  return undefined;
}

/** The names of one package, which must stay apart on systems that fold case or normalise. */
export class EntryNames {
  readonly #subject: string;
  /** Folded path → the path, and whether it is a file, for files and for each folder above them. */
  readonly #taken = new Map<string, { path: string; isFile: boolean }>();

  constructor(subject: string) {
    this.#subject = subject;
  }

  /** Takes a name. @throws AicoError REGISTRY_ENTRY_UNSAFE */
  admit(name: string): void {
    const problem = findNameProblem(name) ?? this.#findCollision(name);
    if (problem === undefined) return;
    throw new AicoError('REGISTRY_ENTRY_UNSAFE', {
      subject: this.#subject,
      details: { file: printable(name), problem },
    });
  }

  #findCollision(name: string): string | undefined {
    const segments = name.split('/');
    for (let length = 1; length <= segments.length; length++) {
      const path = segments.slice(0, length).join('/');
      const isFile = length === segments.length;
      const other = this.#taken.get(fold(path));
      if (other === undefined) this.#taken.set(fold(path), { path, isFile });
      else if (other.path !== path) return `some systems cannot tell from "${other.path}"`;
      else if (isFile && other.isFile) return 'is there twice';
      else if (isFile || other.isFile) return 'is both a file and a folder';
    }
    return undefined;
  }
}

/** A name of an archive as it may be shown: short and without control characters. */
export function printable(name: string): string {
  return name.slice(0, 200).replaceAll(/\p{C}/gu, '?');
}

/** Upper before lower case folds what has several lower forms, such as ſ and s, or ß and ss. */
function fold(path: string): string {
  return path.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}
