import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { ProcessEnd, ProcessRequest, ProcessStarter, StartedProcess } from './process-starter.ts';

/** Starts processes from this thread, which stands still meanwhile: where starting one copies nothing of this one, that is short. */
export const startHere: ProcessStarter = {
  start({ command, parameters, environment, pipes }: ProcessRequest): Promise<StartedProcess> {
    const child = spawn(command, parameters, {
      stdio: ['ignore', ...Array<'pipe'>(pipes).fill('pipe')],
      env: environment,
      cwd: '/',
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const ended = new Promise<ProcessEnd>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      const { pid: processId } = child;
      if (processId !== undefined) resolve({ processId, pipes: child.stdio.slice(1) as Duplex[], ended });
    });
  },
  close(): void {},
};
