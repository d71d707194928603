/**
 * Headers of POSIX ustar archives (IEEE Std 1003.1, pax utility), in the single form that packages use: plain files, mode
 * 0644, no owner, no time. Reading compares a header with the one that writing would give, so no other form gets through.
 */
export const BLOCK_BYTES = 512;

const NAME_BYTES = 100;
const PREFIX = { offset: 345, bytes: 155 };
const TYPE_OFFSET = 156;

const TYPES: Readonly<Record<string, string>> = {
  '1': 'is a hard link',
  '2': 'is a symbolic link',
  '3': 'is a device',
  '4': 'is a device',
  '5': 'is a folder entry',
  '6': 'is a pipe',
  x: 'is an extended header',
  g: 'is an extended header',
  L: 'is a long name entry',
  K: 'is a long name entry',
};

/** What a header claims, before any of it is believed. */
export interface TarHeader {
  /** Undefined when the name is not UTF-8, or goes on behind a NUL. */
  readonly name: string | undefined;
  /** Undefined when the size is not written as eleven octal digits. */
  readonly size: number | undefined;
  /** What the entry is, when it is no plain file: "is a symbolic link". */
  readonly problem: string | undefined;
}

/** The header of a plain file, or undefined when ustar cannot hold the name. */
export function encodeHeader(name: string, size: number): Uint8Array | undefined {
  const split = splitName(name);
  if (split === undefined) return undefined;
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(split.name, 0, 'utf8');
  header.write('0000644\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0', 136, 'latin1');
  header.write('        ', 148, 'latin1');
  header.write('0', TYPE_OFFSET, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(split.prefix, PREFIX.offset, 'utf8');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** Reads what a header claims. */
export function decodeHeader(header: Uint8Array): TarHeader {
  const bytes = Buffer.from(header.buffer, header.byteOffset, BLOCK_BYTES);
  const name = readText(bytes.subarray(0, NAME_BYTES));
  const prefix = readText(bytes.subarray(PREFIX.offset, PREFIX.offset + PREFIX.bytes));
  const size = /^([0-7]{11})\0$/.exec(bytes.toString('latin1', 124, 136))?.[1];
  const type = bytes.toString('latin1', TYPE_OFFSET, TYPE_OFFSET + 1);
  return {
    name: name === undefined || prefix === undefined ? undefined : prefix === '' ? name : `${prefix}/${name}`,
    size: size === undefined ? undefined : Number.parseInt(size, 8),
    problem: type === '0' ? undefined : (TYPES[type] ?? 'is of an unknown kind'),
  };
}

/** Long names are split at the last slash that leaves at most 100 bytes after it. */
function splitName(name: string): { prefix: string; name: string } | undefined {
  if (Buffer.byteLength(name) <= NAME_BYTES) return { prefix: '', name };
  for (let at = name.indexOf('/'); at > 0; at = name.indexOf('/', at + 1)) {
    const parts = { prefix: name.slice(0, at), name: name.slice(at + 1) };
    if (Buffer.byteLength(parts.name) > NAME_BYTES) continue;
    return Buffer.byteLength(parts.prefix) <= PREFIX.bytes ? parts : undefined;
  }
  return undefined;
}

function readText(field: Uint8Array): string | undefined {
  const end = field.indexOf(0);
  const text = end === -1 ? field : field.subarray(0, end);
  if (end !== -1 && field.subarray(end).some((byte) => byte !== 0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    return undefined;
  }
}
