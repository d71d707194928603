import { filesOfZip } from './zip.ts';

/** The files of an export, as they were picked: each opened when it is asked for. */
export interface PickedFiles {
  open(path: string): ReadableStream<Uint8Array> | undefined;
}

const MANIFEST = 'manifest.json';

/** What was picked: an archive, or the files of a folder. Undefined when there is no export in it. */
export async function pickedFiles(files: readonly File[]): Promise<PickedFiles | undefined> {
  const [only] = files;
  const found =
    files.length === 1 && only !== undefined && only.name !== MANIFEST
      ? await filesOfZip(only)
      : new Map(files.map((file) => [file.webkitRelativePath || file.name, () => file.stream()] as const));
  // Whatever folder it lies in.
  const manifests = [...found.keys()].filter((path) => path === MANIFEST || path.endsWith(`/${MANIFEST}`));
  const [first] = manifests.sort((one, other) => one.length - other.length);
  if (first === undefined) return undefined;
  const folder = first.slice(0, -MANIFEST.length);
  return { open: (path) => found.get(folder + path)?.() };
}
