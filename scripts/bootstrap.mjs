// What `npm start`, `npm test` and their sisters run before anything is installed:
// plain JavaScript, no dependencies, any Node from 18 on.
import { runCommand } from './bootstrap/commands.mjs';
import { requireNode } from './bootstrap/node-binary.mjs';
import { Stop } from './bootstrap/say.mjs';

const [command = 'start', ...args] = process.argv.slice(2);

try {
  requireNode(process.versions.node);
  process.exitCode = await runCommand(command, args);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  process.stderr.write(`\n✗ ${error.message}\n`);
  process.exitCode = 1;
}
