import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { AicoError } from '@aico/schemas';
import type { PackageLimits } from './package-files.ts';

/** RFC 1952: deflate, no flags, no time, best compression, no operating system. The one header that packages have. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255);
const TRAILER_BYTES = 8;

/** Compresses to the same bytes on each run, wherever zlib is the same; the signature does not depend on it. */
export function compress(bytes: Uint8Array): Uint8Array {
  const body = deflateRawSync(bytes, { level: 9 });
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([HEADER, body, trailer]);
}

/**
 * Decompresses one gzip member that fills `packed` from its first byte to its last. Stops inflating as soon as the limits
 * are passed, whatever the trailer promises.
 * @throws AicoError REGISTRY_PACKAGE_MALFORMED, REGISTRY_TOO_LARGE
 */
export function decompress(packed: Uint8Array, limits: PackageLimits, subject: string): Uint8Array {
  const malformed = (problem: string, cause?: unknown): AicoError =>
    new AicoError('REGISTRY_PACKAGE_MALFORMED', { subject, details: { problem }, cause });
  if (packed.length < HEADER.length + TRAILER_BYTES || HEADER.some((byte, index) => packed[index] !== byte)) {
    throw malformed('it does not begin with the gzip header of a package');
  }
  const limit = Math.min(limits.unpackedBytes, Math.max(limits.freeBytes, packed.length * limits.ratio));
  let inflated: { buffer: Buffer; engine: { bytesWritten: number } };
  try {
    // With `info`, Node answers the engine too, whose bytesWritten is how much input the deflate stream took.
    const options = { maxOutputLength: limit, info: true };
    inflated = inflateRawSync(packed.subarray(HEADER.length), options) as unknown as typeof inflated;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE')
      throw malformed('its compression is damaged', cause);
    throw new AicoError('REGISTRY_TOO_LARGE', {
      subject,
      details: { problem: `it unpacks to more than ${limit} bytes` },
    });
  }
  const end = HEADER.length + inflated.engine.bytesWritten;
  if (end + TRAILER_BYTES > packed.length) throw malformed('it is cut short');
  if (end + TRAILER_BYTES < packed.length) throw malformed('something follows its end');
  const trailer = Buffer.from(packed.buffer, packed.byteOffset + end, TRAILER_BYTES);
  const { buffer } = inflated;
  if (trailer.readUInt32LE(0) !== crc32(buffer) || trailer.readUInt32LE(4) !== buffer.length % 2 ** 32) {
    throw malformed('its checksum does not fit');
  }
  return buffer;
}
