import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { ChildReport } from '../child-report.ts';
import { HandOverReader, type ReceivedHandOver } from '../hand-over.ts';

const PIPE_FD = 3;

/** Tells the parent something, at once: the process may be about to die. */
export function tellParent(report: ChildReport): void {
  writeSync(PIPE_FD, `${JSON.stringify(report)}\n`);
}

/** Ends this process without running anything else; `process.exit` can hang behind an isolate. */
export function endNow(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
}

/** Receives the hand-over. The pipe stays open: its end means that the parent died, and then so does this process. */
export function receiveHandOver(): Promise<ReceivedHandOver> {
  return new Promise((resolve) => {
    const pipe = new Socket({ fd: PIPE_FD, readable: true, writable: true });
    const reader = new HandOverReader();
    const onData = (chunk: Buffer): void => {
      const received = reader.push(chunk);
      if (received === undefined) return;
      pipe.off('data', onData);
      pipe.resume();
      resolve(received);
    };
    pipe.on('data', onData);
    pipe.on('end', endNow);
    pipe.on('error', endNow);
  });
}
