import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-database.ts';

const CHILD = join(import.meta.dirname, 'blob-memory-child.ts');

test('a blob of 64 MB is written and read in a memory that does not grow with it [DATA-1]', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, temporaryFolder(), '64']);
  const { size, bytes, grownKb } = JSON.parse(stdout) as Record<string, number>;
  expect(size).toBeGreaterThanOrEqual(64 * 1024 * 1024);
  expect(bytes).toBe(size);
  expect(grownKb).toBeLessThan(24 * 1024);
}, 60_000);
