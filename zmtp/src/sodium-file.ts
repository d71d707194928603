import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Path of the native half of libsodium that was shipped for this machine. */
export function sodiumFile(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('sodium-native/package.json'));
  return join(folder, 'prebuilds', `${process.platform}-${process.arch}`, 'sodium-native.node');
}
