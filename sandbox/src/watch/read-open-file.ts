import { readSync } from 'node:fs';

const buffer = Buffer.alloc(4096);

/** What a file of the system that stays open says now; it says no more than a page. */
export function readOpenFile(file: number): string {
  return buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0));
}
