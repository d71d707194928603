import { spawn } from 'node:child_process';
import { AicoError } from '@aico/sdk';

const TIMEOUT_MS = 20_000;
const MOST_OUTPUT = 4096;

export interface RunOptions {
  /** What it reads on its standard input. */
  readonly input?: string;
  /** A descriptor that it has as its fourth, 3. */
  readonly handed?: number;
}

/** Runs a program to its end. @throws AicoError VAULT_FOLDER_UNAVAILABLE */
export function runProgram(
  program: string,
  parameters: readonly string[],
  { input = '', handed }: RunOptions = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      stdio: ['pipe', 'ignore', 'pipe', handed ?? 'ignore'],
      cwd: '/',
      timeout: TIMEOUT_MS,
    });
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-MOST_OUTPUT);
    });
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(unavailable(cause.code === 'ENOENT' ? `${program} is not installed` : cause.message, cause)),
    );
    // A daemon that it leaves behind may keep its standard error.
    child.once('exit', (code) => resolve({ code, output }));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

export function unavailable(problem: string, cause?: unknown): AicoError {
  return new AicoError('VAULT_FOLDER_UNAVAILABLE', { subject: 'vault-folder', details: { problem }, cause });
}
