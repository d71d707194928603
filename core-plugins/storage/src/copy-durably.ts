import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { openDurably, writeWhole } from '@aico/sdk/system';

const COPY_BYTES = 4 * 1024 * 1024;

/** Copies a file; it is on the disk when this resolves. Others get their turn between its parts. */
export async function copyDurably(from: string, to: string): Promise<void> {
  const source = openSync(from, 'r');
  try {
    const target = openDurably(to);
    try {
      const bytes = Buffer.allocUnsafe(COPY_BYTES);
      for (let length = -1; length !== 0; await setImmediate()) {
        length = readSync(source, bytes, 0, COPY_BYTES, null);
        writeWhole(target, bytes.subarray(0, length));
      }
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}
