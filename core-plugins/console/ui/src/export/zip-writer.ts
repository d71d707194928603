/** A file of an archive as it is put in. */
export interface ZipFile {
  readonly path: string;
  readonly content: Blob;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8 = 0x0800;
const DEFLATE = 8;
/** Sizes and places beyond that need another form, which is not written here. */
const MOST = 0xffffffff;
const MOST_FILES = 0xffff;

/** Everything in one archive, compressed. Contents stay with the browser, which may keep them on the disk. @throws RangeError when it is too large */
export async function writeZip(files: readonly ZipFile[], now: Date): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { path, content } of files) {
    const name = new TextEncoder().encode(path);
    const sum = await crc32(content);
    const packed = await new Response(content.stream().pipeThrough(new CompressionStream('deflate-raw'))).blob();
    const about = { name, sum, packed: packed.size, size: content.size, time: dosTime(now) };
    const head = header(LOCAL, about);
    parts.push(head, packed);
    directory.push(header(CENTRAL, about, offset));
    offset += head.length + packed.size;
    if (offset > MOST || content.size > MOST) throw new RangeError('It is too large.');
  }
  if (files.length > MOST_FILES) throw new RangeError('It is too large.');
  const size = directory.reduce((total, { length }) => total + length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, END, true);
  end.setUint16(8, files.length, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, size, true);
  end.setUint32(16, offset, true);
  return new Blob([...parts, ...directory, end.buffer], { type: 'application/zip' });
}

interface About {
  readonly name: Uint8Array<ArrayBuffer>;
  readonly sum: number;
  readonly packed: number;
  readonly size: number;
  readonly time: number;
}

/** What stands before a file, and again in the directory, there with where the file is. */
function header(
  mark: typeof LOCAL | typeof CENTRAL,
  { name, sum, packed, size, time }: About,
  offset = 0,
): Uint8Array<ArrayBuffer> {
  const isCentral = mark === CENTRAL;
  const bytes = new Uint8Array((isCentral ? 46 : 30) + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, mark, true);
  let at = 4;
  const put16 = (...values: number[]): void => {
    for (const value of values) {
      view.setUint16(at, value, true);
      at += 2;
    }
  };
  const put32 = (...values: number[]): void => {
    for (const value of values) {
      view.setUint32(at, value, true);
      at += 4;
    }
  };
  put16(...(isCentral ? [VERSION] : []), VERSION, UTF8, DEFLATE);
  put32(time, sum, packed, size);
  put16(name.length, 0);
  if (isCentral) {
    put16(0, 0, 0);
    put32(0, offset);
  }
  bytes.set(name, at);
  return bytes;
}

/** Time in the lower half, date in the upper one. */
function dosTime(now: Date): number {
  const date = ((now.getFullYear() - 1980) << 9) | ((now.getMonth() + 1) << 5) | now.getDate();
  return ((date << 16) | (now.getHours() << 11) | (now.getMinutes() << 5) | (now.getSeconds() >> 1)) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

async function crc32(content: Blob): Promise<number> {
  let sum = 0xffffffff;
  for await (const piece of piecesOf(content.stream()))
    for (const byte of piece) sum = (sum >>> 8) ^ (TABLE[(sum ^ byte) & 0xff] ?? 0);
  return (sum ^ 0xffffffff) >>> 0;
}

/** The pieces of a stream, in browsers that cannot walk it yet, too. */
export async function* piecesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
