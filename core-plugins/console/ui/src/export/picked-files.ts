/** The files of an export, as they were picked: each opened when it is asked for. */
export interface PickedFiles {
  open(path: string): Promise<ReadableStream<Uint8Array> | undefined>;
}

type Open = () => Promise<ReadableStream<Uint8Array> | undefined>;

const MANIFEST = 'manifest.json';
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** The end may be followed by a remark. */
const MOST_REMARK = 0xffff;
const STORED = 0;
const DEFLATED = 8;

/** What was picked: an archive, or the files of a folder. Undefined when there is no export in it. */
export async function pickedFiles(files: readonly File[]): Promise<PickedFiles | undefined> {
  const [only] = files;
  const found =
    files.length === 1 && only !== undefined && only.name !== MANIFEST
      ? await filesOfZip(only)
      : new Map(files.map((file) => [file.webkitRelativePath || file.name, async () => file.stream()] as const));
  // Whatever folder it lies in.
  const manifests = [...found.keys()].filter((path) => path === MANIFEST || path.endsWith(`/${MANIFEST}`));
  const [first] = manifests.sort((one, other) => one.length - other.length);
  if (first === undefined) return undefined;
  const folder = first.slice(0, -MANIFEST.length);
  return { open: async (path) => found.get(folder + path)?.() };
}

/** The files of an archive by their names. What is no archive has none. */
async function filesOfZip(zip: File): Promise<Map<string, Open>> {
  const found = new Map<string, Open>();
  const tail = await viewOf(zip, Math.max(0, zip.size - END_BYTES - MOST_REMARK), zip.size);
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== END) end -= 1;
  if (end < 0) return found;
  const start = tail.getUint32(end + 16, true);
  const directory = await viewOf(zip, start, start + tail.getUint32(end + 12, true));
  for (let at = 0; at + CENTRAL_BYTES <= directory.byteLength && directory.getUint32(at, true) === CENTRAL; ) {
    const method = directory.getUint16(at + 10, true);
    const packed = directory.getUint32(at + 20, true);
    const [name, extra, remark] = [28, 30, 32].map((field) => directory.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const local = directory.getUint32(at + 42, true);
    const path = new TextDecoder().decode(
      new Uint8Array(directory.buffer, at + CENTRAL_BYTES, Math.min(name, directory.byteLength - at - CENTRAL_BYTES)),
    );
    found.set(path, () => contentOf(zip, { method, packed, local }));
    at += CENTRAL_BYTES + name + extra + remark;
  }
  return found;
}

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly local: number;
}

async function contentOf(zip: File, { method, packed, local }: Entry): Promise<ReadableStream<Uint8Array> | undefined> {
  const head = await viewOf(zip, local, local + LOCAL_BYTES);
  if (head.byteLength < LOCAL_BYTES || (method !== STORED && method !== DEFLATED)) return undefined;
  // Its name may be followed by more here than in the directory.
  const from = local + LOCAL_BYTES + head.getUint16(26, true) + head.getUint16(28, true);
  const content = zip.slice(from, from + packed).stream();
  return method === STORED ? content : content.pipeThrough(new DecompressionStream('deflate-raw'));
}

async function viewOf(zip: File, from: number, to: number): Promise<DataView<ArrayBuffer>> {
  return new DataView(await zip.slice(from, to).arrayBuffer());
}
