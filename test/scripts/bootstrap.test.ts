import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requireNode } from '../../scripts/bootstrap/node-binary.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const BOOTSTRAP = join(ROOT, 'scripts/bootstrap.mjs');
const RUN_CHILD = join(ROOT, 'scripts/bootstrap/run-child.mjs');

/** Runs `code` in a child of a process that does nothing but run it, as the bootstrap runs the host. */
function runThrough(code: string): ChildProcess {
  const outer = `import { runChild } from ${JSON.stringify(RUN_CHILD)};
    process.exitCode = await runChild(process.execPath, ['--eval', ${JSON.stringify(code)}]);`;
  return spawn(process.execPath, ['--input-type=module', '--eval', outer], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('the bootstrap', () => {
  test('refuses a Node that is too old, and says what to install', () => {
    expect(() => requireNode('16.20.2')).toThrow(/Node 16.20.2; AICO needs Node 18 or newer/);
    expect(() => requireNode('18.0.0')).not.toThrow();
  });

  test('names the commands that it knows when asked for another', () => {
    const { status, stderr } = spawnSync(process.execPath, [BOOTSTRAP, 'stroll'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('no command "stroll"');
    expect(stderr).toContain('start');
  });

  test('keeps the exit code of what it ran', async () => {
    const [code] = await once(runThrough('process.exit(7)'), 'exit');
    expect(code).toBe(7);
  });

  test.skipIf(process.platform === 'win32')('passes a signal on and waits for the stop [SVC-7]', async () => {
    const outer = runThrough(`
      process.once('SIGTERM', () => setTimeout(() => process.exit(5), 50));
      setInterval(() => {}, 1000);
      process.stdout.write('up');`);
    await once(outer.stdout ?? outer, 'data');
    outer.kill('SIGINT');
    const [code] = await once(outer, 'exit');
    expect(code).toBe(5);
  });

  test.skipIf(process.platform === 'win32')('stops what it ran when npm dies without a word [SVC-7]', async () => {
    const inner = `process.once('SIGTERM', () => { process.stdout.write('stopped'); process.exit(); });
      setInterval(() => {}, 1000);
      process.stdout.write('up ');`;
    const outer = `import { runChild } from ${JSON.stringify(RUN_CHILD)};
      await runChild(process.execPath, ['--eval', ${JSON.stringify(inner)}]);`;
    // A shell between npm and us, as npm has one; it waits, so that it does not become the bootstrap itself.
    const shell = spawn('sh', ['-c', '"$0" --input-type=module --eval "$1"; true', process.execPath, outer], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, npm_lifecycle_event: 'start' },
    });
    let output = '';
    shell.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await once(shell.stdout ?? shell, 'data');
    shell.kill('SIGTERM');
    await once(shell.stdout ?? shell, 'end');
    expect(output).toBe('up stopped');
  });
});
