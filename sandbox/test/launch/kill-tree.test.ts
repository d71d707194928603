import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { killTree } from '../../src/launch/kill-tree.ts';

/** Starts a child of its own session, says its number, and leaves the output open for as long as that child lives. */
const WRAPPER = `setsid sh -c 'echo $$; exec sleep 60' & wait`;

test.runIf(process.platform === 'linux')(
  'a kill takes also what a wrapper started in a session of its own, and leaves no pipe open [PLG-6]',
  async () => {
    const wrapper = spawn('/bin/sh', ['-c', WRAPPER], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    const [line] = (await once(createInterface({ input: wrapper.stdout }), 'line')) as [string];
    const closed = once(wrapper, 'close');
    killTree(wrapper.pid as number, 'SIGKILL');
    expect(await closed).toEqual([null, 'SIGKILL']);
    await expect.poll(() => isThere(Number(line))).toBe(false);
  },
);

function isThere(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
