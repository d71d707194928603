import { crc32, deflateRawSync } from 'node:zlib';

/** An entry as an attacker may write it. */
export interface HostileEntry {
  readonly name: string | Uint8Array;
  readonly content?: Uint8Array;
  readonly type?: string;
  /** Octal digits of the size field, when they should not tell the content's size. */
  readonly size?: string;
  readonly linkName?: string;
  readonly mode?: string;
  readonly prefix?: string;
}

const BLOCK = 512;

/** A tar with correct checksums and whatever else the entries say. */
export function tarOf(entries: readonly HostileEntry[], end: Uint8Array = new Uint8Array(2 * BLOCK)): Uint8Array {
  const blocks = entries.flatMap(({ content = new Uint8Array(0), ...entry }) => {
    const gap = (BLOCK - (content.length % BLOCK)) % BLOCK;
    return [headerOf(entry, content.length), content, new Uint8Array(gap)];
  });
  return Buffer.concat([...blocks, end]);
}

/** Wraps a tar as packages are, with a correct trailer. */
export function gzipOf(tar: Uint8Array, level = 9): Uint8Array {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(tar), 0);
  trailer.writeUInt32LE(tar.length % 2 ** 32, 4);
  const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255);
  return Buffer.concat([header, deflateRawSync(tar, { level }), trailer]);
}

function headerOf(
  { name, type = '0', size, linkName = '', mode = '0000644', prefix = '' }: HostileEntry,
  length: number,
): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  header.set(Buffer.from(name as string), 0);
  header.write(`${mode}\0`, 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size ?? length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(linkName, 157);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
