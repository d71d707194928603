import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  release?.();
  (await second)?.();
  expect({ said: said.length, left: existsSync(lock) }).toEqual({ said: 1, left: false });
});

test('a build takes over from one that died', async () => {
  writeFileSync(lock, String(NOBODY));
  const release = await takeBuildLock(lock, () => {});
  release?.();
  expect(existsSync(lock)).toBe(false);
});

test('who may not write a checkout builds nothing there, and runs what whoever installed it built', async () => {
  chmodSync(folder, 0o555);
  const isRoot = process.geteuid?.() === 0;
  // Root may write everywhere.
  if (isRoot) process.seteuid?.(65_534);
  try {
    expect(await takeBuildLock(lock, () => {})).toBeUndefined();
    expect(await takeBuildLock(join(folder, 'none/lock'), () => {})).toBeUndefined();
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(folder, 0o755);
  }
});
