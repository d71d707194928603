import { closeSync, openSync } from 'node:fs';

/** Reads an open file, and closes it; undefined when there is none. */
export function withFile<Result>(path: string, read: (file: number) => Result): Result | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return read(file);
  } finally {
    closeSync(file);
  }
}
