#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Most of a start is spent in compiling what did not change since the last one.
enableCompileCache(fileURLToPath(new URL('../../.build/compiled', import.meta.url)));
if (process.platform === 'linux') writeNoMemoryAtCrash();
const { processPowers } = await import('./cli/console-powers.ts');
const { runCommandLine } = await import('./cli/command-line.ts');

const code = await runCommandLine(process.argv.slice(2), processPowers());
// A connection or timer of a library must not keep a finished command alive; what was written is flushed first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));

/** What a crash makes Linux write down holds none of this process's memory, nor of those that it starts. */
function writeNoMemoryAtCrash(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // There is no /proc, or none that may be written.
  }
}
