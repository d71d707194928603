#!/usr/bin/env node
import { runCommandLine } from './cli/command-line.ts';
import { processPowers } from './cli/console-powers.ts';

const code = await runCommandLine(process.argv.slice(2), processPowers());
// A connection or timer of a library must not keep a finished command alive; what was written is flushed first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
