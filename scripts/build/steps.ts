import { join } from 'node:path';
import { findSamples, GALLERY, KEY_FILE, packageFile, TRUST_FILE } from './plugin-folders.ts';
import { runTool } from './run-tool.ts';
import type { Step } from './step.ts';

/** The folder of the web console, the one plugin with pages to build. */
export const CONSOLE = 'core-plugins/console';

const LIBRARIES = ['schemas', 'zmtp', 'sdk', 'kernel', 'sandbox', 'registry'];
/** What every step depends on: the tools, by their lock file, and the build itself. */
const TOOLS = ['package-lock.json', 'scripts/build'];
const CONTRACTS = ['schemas', 'sdk'];

/** Generates types and validators from the contracts. */
export function generate(root: string): Step {
  return {
    name: 'generate',
    title: 'Generating types and validators from the contracts',
    inputs: [...['messages', 'errors', 'meta', 'topics.json', 'scripts'].map((name) => `schemas/${name}`), ...TOOLS],
    outputs: ['schemas/src/generated/types.ts', 'schemas/src/generated/validators.ts'],
    run: () => runTool(join(root, 'schemas/scripts/generate.ts'), [], root),
  };
}

/** Makes the key that signs this checkout's plugins. */
export function makeKey(root: string): Step {
  return {
    name: 'key',
    title: 'Making the key that signs on this machine',
    inputs: [],
    outputs: [KEY_FILE, TRUST_FILE],
    // Loaded only here and below: a build that has nothing to do should cost nothing.
    run: async () => (await import('./sign-plugin.ts')).prepareKey(root),
  };
}

/** Compiles every TypeScript package. */
export function compile(root: string): Step {
  return {
    name: 'compile',
    title: 'Compiling',
    inputs: [...LIBRARIES, 'host', 'core-plugins', 'samples', 'tsconfig.json', 'tsconfig.base.json', ...TOOLS],
    outputs: [...LIBRARIES.map((name) => `${name}/dist/index.js`), 'host/dist/main.js'],
    run: () => runTool(join(root, 'node_modules/typescript/bin/tsc'), ['-b', '--pretty', 'false'], root),
  };
}

/** Bundles what runs inside a plugin's process before the plugin does. */
export function bundleChildren(root: string): Step {
  return {
    name: 'children',
    title: 'Bundling the processes for plugins',
    inputs: ['sandbox', 'zmtp', 'kernel/src/contracts', ...CONTRACTS, ...TOOLS],
    outputs: ['trusted.mjs', 'isolated.mjs', 'launcher.mjs', 'guest.js'].map((name) => `sandbox/dist/children/${name}`),
    run: () => runTool(join(root, 'sandbox/scripts/bundle-children.ts'), [], root),
  };
}

/** Builds the console's pages. */
export function buildConsole(root: string): Step {
  return {
    name: 'console',
    title: 'Building the web console',
    inputs: [CONSOLE, ...CONTRACTS, ...TOOLS],
    outputs: [`${CONSOLE}/ui-dist/index.html`],
    run: () =>
      runTool(join(root, 'node_modules/vite/bin/vite.js'), ['build', '--logLevel', 'warn'], join(root, CONSOLE)),
  };
}

/** Bundles, packs and signs the plugin in `folder`, relative to the root. */
export function signPlugin(root: string, folder: string): Step {
  return {
    name: `plugin ${folder}`,
    title: `Bundling and signing ${folder}`,
    inputs: [folder, `${folder}/ui-dist`, ...CONTRACTS, 'registry', 'kernel/src/contracts', KEY_FILE, ...TOOLS],
    outputs: [`${folder}/dist/bundle/index.js`, packageFile(root, folder)],
    run: async () => {
      const [bundler, signer] = await Promise.all([import('@aico/registry/bundle'), import('./sign-plugin.ts')]);
      await bundler.bundlePlugin(join(root, folder));
      await signer.signPlugin(root, folder);
    },
  };
}

/** Publishes every sample to the folder that the gallery shows. */
export function fillGallery(root: string): Step {
  const packages = findSamples(root).map((folder) => packageFile(root, folder));
  return {
    name: 'gallery',
    title: 'Filling the gallery',
    inputs: [...packages, 'registry', ...TOOLS],
    outputs: [`${GALLERY}/index.json`],
    run: async () => (await import('./sign-plugin.ts')).fillGallery(root, packages),
  };
}
