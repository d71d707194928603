const OFFSETS = [0x811c9dc5, 0x01000193] as const;
const PRIME = 0x01000193;

/**
 * Two FNV-1a hashes (draft-eastlake-fnv) and the length. It tells the browser whether a file changed between two
 * starts; whether the file is the author's was settled by the package's signature.
 */
export function fingerprint(bytes: Uint8Array): string {
  const hashes = OFFSETS.map((offset) => {
    let hash: number = offset;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME);
    return (hash >>> 0).toString(16).padStart(8, '0');
  });
  return `${hashes.join('')}-${bytes.length.toString(16)}`;
}
