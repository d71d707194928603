import { spawn } from 'node:child_process';
import { AicoError } from '@aico/sdk';

const TIMEOUT_MS = 20_000;
const MOST_OUTPUT = 4096;

/** Runs a program to its end, with what it reads on its standard input. @throws AicoError VAULT_FOLDER_UNAVAILABLE */
export function runProgram(
  program: string,
  parameters: readonly string[],
  input = '',
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['pipe', 'ignore', 'pipe'], cwd: '/', timeout: TIMEOUT_MS });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-MOST_OUTPUT);
    });
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const problem = cause.code === 'ENOENT' ? `${program} is not installed` : cause.message;
      reject(new AicoError('VAULT_FOLDER_UNAVAILABLE', { subject: 'vault-folder', details: { problem }, cause }));
    });
    // A daemon that it leaves behind may keep its standard error.
    child.once('exit', (code) => resolve({ code, output }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
