import { AicoError } from '@aico/schemas';
import { sameBytes } from './digest.ts';
import { EntryNames, printable } from './entry-name.ts';
import { type PackageFiles, type PackageLimits, SIGNATURE_FILE } from './package-files.ts';
import { BLOCK_BYTES, decodeHeader, encodeHeader } from './tar-header.ts';

const END = new Uint8Array(2 * BLOCK_BYTES);

/** Writes an archive: the signature first, then every file in the order of its name. */
export function writeTar(files: PackageFiles, subject: string): Uint8Array {
  const names = new EntryNames(subject);
  const blocks: Uint8Array[] = [];
  for (const [name, bytes] of [...files].sort(([one], [other]) => compareNames(one, other))) {
    names.admit(name);
    const header = encodeHeader(name, bytes.length);
    if (header === undefined) throw unsafe(subject, name, 'has a name that is too long');
    blocks.push(header, bytes, new Uint8Array(padding(bytes.length)));
  }
  return Buffer.concat([...blocks, END]);
}

/**
 * Reads an archive that `writeTar` could have written, and no other: no links, devices, folders or extended headers, no
 * second copy of a name, nothing between or after the files. The answer's files are views into `archive`.
 * @throws AicoError REGISTRY_ENTRY_UNSAFE, REGISTRY_PACKAGE_MALFORMED, REGISTRY_TOO_LARGE
 */
export function readTar(archive: Uint8Array, limits: PackageLimits, subject: string): PackageFiles {
  const files = new Map<string, Uint8Array>();
  const names = new EntryNames(subject);
  let previous: string | undefined;
  let at = 0;
  while (!isEnd(archive, at)) {
    const header = archive.subarray(at, at + BLOCK_BYTES);
    if (header.length < BLOCK_BYTES) throw malformed(subject, 'its archive is cut short');
    const { name, size, problem } = decodeHeader(header);
    if (name === undefined) throw unsafe(subject, '?', 'hides part of its name');
    if (problem !== undefined) throw unsafe(subject, name, problem);
    names.admit(name);
    const expected = size === undefined ? undefined : encodeHeader(name, size);
    if (size === undefined || expected === undefined || !sameBytes(expected, header)) {
      throw malformed(subject, `the header of ${printable(name)} is not in its one form`);
    }
    if (previous !== undefined && compareNames(previous, name) >= 0)
      throw malformed(subject, `${printable(name)} is out of order`);
    if (files.size === limits.files) throw tooLarge(subject, `it holds more than ${limits.files} files`);
    const start = at + BLOCK_BYTES;
    const end = start + size;
    at = end + padding(size);
    if (at > archive.length) throw malformed(subject, `${printable(name)} is cut short`);
    if (archive.subarray(end, at).some((byte) => byte !== 0))
      throw malformed(subject, `something follows ${printable(name)}`);
    files.set(name, archive.subarray(start, end));
    previous = name;
  }
  return files;
}

/** The archive ends with two empty blocks, and nothing after them. */
function isEnd(archive: Uint8Array, at: number): boolean {
  return archive.length - at === END.length && sameBytes(archive.subarray(at), END);
}

function padding(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

function compareNames(one: string, other: string): number {
  if (one === other) return 0;
  if (one === SIGNATURE_FILE || other === SIGNATURE_FILE) return one === SIGNATURE_FILE ? -1 : 1;
  return one < other ? -1 : 1;
}

function unsafe(subject: string, name: string, problem: string): AicoError {
  return new AicoError('REGISTRY_ENTRY_UNSAFE', { subject, details: { file: printable(name), problem } });
}

function malformed(subject: string, problem: string): AicoError {
  return new AicoError('REGISTRY_PACKAGE_MALFORMED', { subject, details: { problem } });
}

function tooLarge(subject: string, problem: string): AicoError {
  return new AicoError('REGISTRY_TOO_LARGE', { subject, details: { problem } });
}
