import { join } from 'node:path';
import { takeBuildLock } from './build-lock.ts';
import { Fingerprints } from './fingerprint.ts';
import { BUNDLE_FILE, findPluginFolders, KEY_FILE, packageFile, TRUST_FILE } from './plugin-folders.ts';
import { BuildFailure, runTool } from './run-tool.ts';
import { Stamps } from './stamps.ts';
import { runStep, type Workshop } from './step.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const TYPESCRIPT_PACKAGES = ['schemas', 'sdk', 'kernel', 'sandbox', 'registry', 'host', 'core-plugins', 'samples'];
const CONSOLE = 'core-plugins/console';
/** What every step depends on: the tools, by their lock file, and the build itself. */
const TOOLS = ['package-lock.json', 'scripts/build'];
const CONTRACTS = ['schemas', 'sdk'];

async function build(workshop: Workshop): Promise<void> {
  const generated = await generate(workshop);
  const ready = generated ? { ...workshop, fingerprints: new Fingerprints(ROOT) } : workshop;
  await makeKey(ready);
  const folders = findPluginFolders(ROOT);
  const work = [compile(ready), bundleChildren(ready), ...folders.map((folder) => buildPlugin(folder, ready))];
  const failures = (await Promise.allSettled(work)).filter((result) => result.status === 'rejected');
  if (failures.length > 0) throw new AggregateError(failures.map((failure) => failure.reason));
}

function generate(workshop: Workshop): Promise<boolean> {
  const script = join(ROOT, 'schemas/scripts/generate.ts');
  return runStep(
    {
      name: 'generate',
      title: 'Generating types and validators from the contracts',
      inputs: [...['messages', 'errors', 'meta', 'topics.json', 'scripts'].map((name) => `schemas/${name}`), ...TOOLS],
      outputs: ['schemas/src/generated/types.ts', 'schemas/src/generated/validators.ts'],
      run: () => runTool(script, [], ROOT),
    },
    workshop,
  );
}

function makeKey(workshop: Workshop): Promise<boolean> {
  return runStep(
    {
      name: 'key',
      title: 'Making the key that signs on this machine',
      inputs: [],
      outputs: [KEY_FILE, TRUST_FILE],
      run: async () => (await import('./sign-plugin.ts')).prepareKey(ROOT),
    },
    workshop,
  );
}

function compile(workshop: Workshop): Promise<boolean> {
  return runStep(
    {
      name: 'compile',
      title: 'Compiling',
      inputs: [...TYPESCRIPT_PACKAGES, 'tsconfig.json', 'tsconfig.base.json', ...TOOLS],
      outputs: TYPESCRIPT_PACKAGES.slice(0, 6).map((name) => `${name}/dist/index.js`),
      run: () => runTool(join(ROOT, 'node_modules/typescript/bin/tsc'), ['-b', '--pretty', 'false'], ROOT),
    },
    workshop,
  );
}

function bundleChildren(workshop: Workshop): Promise<boolean> {
  return runStep(
    {
      name: 'children',
      title: 'Bundling the processes that plugins run in',
      inputs: ['sandbox', 'kernel/src/contracts', ...CONTRACTS, ...TOOLS],
      outputs: ['trusted.mjs', 'isolated.mjs', 'guest.js'].map((name) => `sandbox/dist/children/${name}`),
      run: () => runTool(join(ROOT, 'sandbox/scripts/bundle-children.ts'), [], ROOT),
    },
    workshop,
  );
}

async function buildPlugin(folder: string, workshop: Workshop): Promise<void> {
  if (folder === CONSOLE) await buildConsole(workshop);
  await runStep(
    {
      name: `plugin ${folder}`,
      title: `Bundling and signing ${folder}`,
      inputs: [folder, ...CONTRACTS, 'registry', 'kernel/src/contracts', KEY_FILE, ...TOOLS],
      outputs: [`${folder}/${BUNDLE_FILE}`, packageFile(ROOT, folder)],
      run: async () => {
        // Loaded only here: a build that has nothing to do should cost nothing.
        const [{ bundlePlugin }, { signPlugin }] = await Promise.all([
          import('./bundle-plugin.ts'),
          import('./sign-plugin.ts'),
        ]);
        await bundlePlugin(join(ROOT, folder));
        await signPlugin(ROOT, folder);
      },
    },
    workshop,
  );
}

function buildConsole(workshop: Workshop): Promise<boolean> {
  return runStep(
    {
      name: 'console',
      title: 'Building the web console',
      inputs: [CONSOLE, ...CONTRACTS, ...TOOLS],
      outputs: [`${CONSOLE}/ui-dist/index.html`],
      run: () =>
        runTool(join(ROOT, 'node_modules/vite/bin/vite.js'), ['build', '--logLevel', 'warn'], join(ROOT, CONSOLE)),
    },
    workshop,
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function explain(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(explain).join('\n\n');
  if (error instanceof BuildFailure) return error.message;
  if (error instanceof Error && 'fix' in error) return `${error.message} ${error.fix}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const stamps = new Stamps(join(ROOT, '.build/stamp.json'));
const release = await takeBuildLock(join(ROOT, '.build/lock'), say);
try {
  await build({ root: ROOT, fingerprints: new Fingerprints(ROOT), stamps, say });
} catch (error) {
  say(`\n✗ The build failed.\n${explain(error)}`);
  process.exitCode = 1;
} finally {
  release();
}
