import { spawn } from 'node:child_process';

/** A build failure that its message explains fully: shown without a stack. */
export class BuildFailure extends Error {}

/** Runs a JavaScript tool under this Node, quietly; what it said is shown only when it fails. */
export function runTool(script: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new BuildFailure(output.trim() || `${script} ended with code ${code}`));
    });
  });
}
