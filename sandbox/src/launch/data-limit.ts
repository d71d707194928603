import { findOnPath } from './find-on-path.ts';

/** Node alone takes some hundreds: below this, too little would be left. */
const LEAST_MB = 2048;
/** The rest is code, which is not counted, and what was given back only to be taken again. */
const SHARE = 0.75;
const BYTES_PER_MB = 1024 * 1024;

/**
 * What starts Node so that Linux refuses its native code more memory before the quota is used up. A database then fails with that
 * one question, where the watchdog could only end the process. Nothing elsewhere, where `prlimit` is missing, and of small quotas.
 */
export function dataLimit(memoryMb: number): readonly string[] {
  const path = process.platform === 'linux' && memoryMb >= LEAST_MB ? findOnPath('prlimit') : undefined;
  return path === undefined ? [] : [path, `--data=${Math.floor(memoryMb * SHARE) * BYTES_PER_MB}`];
}
