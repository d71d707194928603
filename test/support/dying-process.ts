// Preloaded into a process (`node --import`): ends it by SIGKILL at its nth change of files whose path begins so, for every n a test
// may ask for. A write dies in the middle of its bytes, everything else before it happens.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const folder = process.env['DIE_FOLDER'] ?? '/nowhere';
let left = Number(process.env['DIE_AT']);
const { openSync, writeSync, closeSync, renameSync, rmSync, copyFileSync } = fs;
const ours = new Set<number>();

function isDue(path: unknown): boolean {
  if (!String(path).startsWith(folder)) return false;
  left -= 1;
  return left === 0;
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

Object.assign(fs, {
  openSync: (path: string, flags: string | number, ...rest: [number?]) => {
    const changes = flags !== 'r' && flags !== 'a+';
    if (changes && isDue(path)) die();
    const file = openSync(path, flags, ...rest);
    if (changes && path.startsWith(folder)) ours.add(file);
    return file;
  },
  writeSync: (file: number, bytes: Uint8Array, ...rest: [number?]) => {
    if (ours.has(file) && isDue(folder)) {
      writeSync(file, bytes.subarray(0, Math.floor(bytes.length / 2)), 0);
      die();
    }
    return writeSync(file, bytes, ...rest);
  },
  closeSync: (file: number) => {
    if (ours.delete(file) && isDue(folder)) die();
    closeSync(file);
  },
  renameSync: (from: string, to: string) => {
    if (isDue(from)) die();
    renameSync(from, to);
  },
  rmSync: (path: string, options?: fs.RmOptions) => {
    if (isDue(path)) die();
    rmSync(path, options);
  },
  copyFileSync: (from: string, to: string, mode?: number) => {
    if (isDue(to)) die();
    copyFileSync(from, to, mode);
  },
});
syncBuiltinESMExports();
