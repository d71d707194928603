import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError } from '@aico/schemas';
import { linkPackages } from '../../../author/link-packages.ts';
import { pluginRoot } from '../../../author/plugin-root.ts';
import { installFolders } from '../../../install-folders.ts';
import type { CommandContext } from '../../command-context.ts';
import { EXIT } from '../../exit-codes.ts';

/** `aico plugin test [folder]`: runs test/**\/*.test.ts with Node's own runner; the kernel of the tests is the real one. */
export async function runPluginTest(context: CommandContext, named: string): Promise<number> {
  const folder = pluginRoot(named);
  await linkPackages(folder, installFolders().root);
  const entries = await readdir(join(folder, 'test'), { recursive: true }).catch(() => []);
  const files = entries.filter((name) => /\.test\.(ts|mts|js|mjs)$/.test(name)).map((name) => join('test', name));
  if (files.length === 0) throw new AicoError('AUTHOR_TESTS_MISSING', { subject: folder });
  const { code, output } = await runTests(context, folder, files.sort());
  if (!context.json) return code === 0 ? EXIT.done : EXIT.failed;
  context.answer({ passed: countOf(output, 'pass'), failed: countOf(output, 'fail'), files }, '');
  return code === 0 ? EXIT.done : EXIT.failed;
}

/** For people its words pass through; for machines they are counted, and shown beside the answer. */
function runTests(
  { powers, json }: CommandContext,
  folder: string,
  files: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  const { NODE_TEST_CONTEXT: _, ...environment } = powers.environment;
  const reporter = json ? 'tap' : 'spec';
  const args = ['--test', `--test-reporter=${reporter}`, ...files];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (json) powers.err(text);
      else powers.out(text);
    });
    child.stderr.setEncoding('utf8').on('data', powers.err);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** From the last lines of TAP: `# pass 3`. */
function countOf(output: string, kind: 'pass' | 'fail'): number {
  return Number(new RegExp(`^# ${kind} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
}
