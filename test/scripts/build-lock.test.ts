import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeBuildLock } from '../../scripts/build/build-lock.ts';

/** Larger than any process id of the systems that AICO runs on. */
const NOBODY = 2 ** 30;

let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aico-lock-'));
  lock = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a second build waits, says so once, and goes on when the first is done', async () => {
  const said: string[] = [];
  const release = await takeBuildLock(lock, () => {});
  const second = takeBuildLock(lock, (line) => said.push(line));
  await new Promise((resolve) => setTimeout(resolve, 500));
  release();
  (await second)();
  expect({ said: said.length, left: existsSync(lock) }).toEqual({ said: 1, left: false });
});

test('a build takes over from one that died', async () => {
  writeFileSync(lock, String(NOBODY));
  const release = await takeBuildLock(lock, () => {});
  release();
  expect(existsSync(lock)).toBe(false);
});
