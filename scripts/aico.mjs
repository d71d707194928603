#!/usr/bin/env node
// The command `aico` for the search path (`npm link`): any Node from 18 on, from any folder.
import { runCommand } from './bootstrap/commands.mjs';
import { requireNode } from './bootstrap/node-binary.mjs';
import { Stop } from './bootstrap/say.mjs';

try {
  requireNode(process.versions.node);
  process.exitCode = await runCommand('aico', process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  process.stderr.write(`\n✗ ${error.message}\n`);
  process.exitCode = 1;
}
