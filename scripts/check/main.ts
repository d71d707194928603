import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../bootstrap/run-child.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const CONSOLE = join(ROOT, 'core-plugins/console');

interface Check {
  readonly title: string;
  /** A script for this Node, relative to `cwd`, and its arguments. */
  readonly command: readonly [script: string, ...args: string[]];
  readonly cwd?: string;
}

/** Ordered from quick to slow; generated files and compiling were checked by what ran before this script. */
const CHECKS: readonly Check[] = [
  { title: 'Format and lint', command: ['node_modules/@biomejs/biome/bin/biome', 'check', '.'] },
  { title: 'Types of tests and scripts', command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json'] },
  {
    title: 'Types of the console',
    command: ['node_modules/svelte-check/bin/svelte-check', '--tsconfig', 'ui/tsconfig.json'],
    cwd: CONSOLE,
  },
  { title: 'Unused files, exports and dependencies', command: ['node_modules/knip/bin/knip.js'] },
  { title: 'Tests', command: ['scripts/test/main.ts'] },
];

async function passes({ title, command: [script, ...args], cwd = ROOT }: Check): Promise<boolean> {
  process.stderr.write(`\n• ${title}\n`);
  const file = join(cwd, script);
  if (!existsSync(file)) throw new Error(`${file} is missing: install again with npm ci`);
  return (await runChild(process.execPath, [file, ...args], { cwd })) === 0;
}

const failed: string[] = [];
for (const check of CHECKS) if (!(await passes(check))) failed.push(check.title);
process.stderr.write(failed.length === 0 ? '\n✓ Every check passed\n' : `\n✗ Failed: ${failed.join('; ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
