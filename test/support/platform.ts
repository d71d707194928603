import type { TestContext } from 'vitest';

/** Skips the test, with the reason, where a process cannot be asked to stop by a signal. */
export function requireSignals(context: Pick<TestContext, 'skip'>): void {
  if (process.platform === 'win32') context.skip('Windows has no signals that a process can answer');
}

/** Skips the test, with the reason, where the bus has no sockets in a folder. */
export function requireSocketFiles(context: Pick<TestContext, 'skip'>): void {
  if (process.platform === 'win32') context.skip('on Windows the bus is reached over TCP');
}

/** Skips the test, with the reason, where processes cannot be looked at. */
export function requireProcesses(context: Pick<TestContext, 'skip'>): void {
  if (process.platform !== 'linux') context.skip('only Linux tells of every process in /proc');
}
