import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { findNode } from './node-binary.mjs';
import { runChild } from './run-child.mjs';
import { Stop } from './say.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const HOST = 'host/dist/main.js';
const BUILD = 'scripts/build/main.ts';

/** What each command runs once the install is in place: scripts for Node 26, each given the command's arguments or its own. */
const COMMANDS = {
  start: (args) => [[BUILD], [HOST, 'start', ...args]],
  aico: (args) => [[BUILD], [HOST, ...args]],
  build: () => [[BUILD]],
  generate: (args) => [['schemas/scripts/generate.ts', ...args]],
  test: (args) => [[BUILD], ['scripts/test/main.ts', ...args]],
  // Generated files are compared before the build would renew them.
  check: () => [['schemas/scripts/generate.ts', '--check'], [BUILD], ['scripts/check/main.ts']],
  bench: (args) => [[BUILD], ['bench/src/main.ts', ...args]],
  proof: (args) => [[BUILD], ['scripts/proof/main.ts', ...args]],
  pictures: (args) => [[BUILD], ['scripts/pictures/main.ts', ...args]],
};

/** Installs, then runs the command's steps in order until one fails; resolves to the exit code. */
export async function runCommand(name, args) {
  const steps = COMMANDS[name]?.(args);
  if (!steps) throw new Stop(`There is no command "${name}". Known: ${Object.keys(COMMANDS).join(', ')}.`);
  await ensureInstalled(ROOT);
  const node = findNode(ROOT);
  const env = withTools(node);
  for (const [script, ...rest] of steps) {
    if (!existsSync(join(ROOT, script)))
      throw new Stop(`"${name}" needs ${script}, which this checkout does not have.`);
    // Scripts in TypeScript read their neighbours' sources; built JavaScript reads built neighbours.
    const conditions = script.endsWith('.ts') ? ['--conditions=source'] : [];
    // The build runs before everything, and mostly to find nothing to do: keep it compiled.
    const cache = script === BUILD ? { NODE_COMPILE_CACHE: join(ROOT, '.build/compiled') } : {};
    // The command's paths are those of where it was typed, which npm leaves for the checkout's root.
    const cwd = name === 'aico' && script !== BUILD ? (process.env.INIT_CWD ?? process.cwd()) : ROOT;
    const options = { cwd, env: { ...env, ...cache } };
    const code = await runChild(node, [...conditions, join(ROOT, script), ...rest], options);
    if (code !== 0) return code;
  }
  return 0;
}

/** The environment with the pinned Node and the installed tools first on the search path, as `npm run` has it. */
function withTools(node) {
  // Windows may spell it "Path", and a copy of the environment is case-sensitive.
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const path = [dirname(node), join(ROOT, 'node_modules', '.bin'), process.env[key] ?? ''].join(delimiter);
  return { ...process.env, [key]: path };
}
