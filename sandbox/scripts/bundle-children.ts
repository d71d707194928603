import { fileURLToPath } from 'node:url';
import { type InputOptions, type Plugin, rolldown } from 'rolldown';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** The child loads zeromq's native half by a path that its parent names, not by looking around the disk. */
const zeromqAddon: Plugin = {
  name: 'zeromq-addon',
  resolveId: (source, importer) =>
    source === './load-addon' && importer?.includes('/zeromq/') === true ? '\0zeromq-addon' : undefined,
  load: (id) => (id === '\0zeromq-addon' ? `export default globalThis[Symbol.for('aico.addon.zeromq')];` : undefined),
};

async function bundle(
  entry: string,
  output: { file: string; format: 'es' | 'cjs' | 'iife'; name?: string },
): Promise<void> {
  const guest = output.format === 'iife';
  const options: InputOptions = {
    input: `${folder}src/${entry}`,
    platform: guest ? 'neutral' : 'node',
    plugins: guest ? [] : [zeromqAddon],
    resolve: { conditionNames: guest ? ['source', 'import'] : ['source', 'node', 'import', 'default'] },
    // Only what an entry uses: the contracts carry validators that no child needs.
    treeshake: { moduleSideEffects: false },
    logLevel: 'warn',
  };
  const build = await rolldown(options);
  await build.write({
    file: `${folder}dist/children/${output.file}`,
    format: output.format,
    codeSplitting: false,
    comments: false,
    ...(output.name === undefined ? {} : { name: output.name }),
  });
  await build.close();
}

/** Writes dist/children: each child's entry is one file, so that a process starts fast. */
export async function bundleChildren(): Promise<void> {
  await Promise.all([
    bundle('trusted/child.ts', { file: 'trusted.mjs', format: 'es' }),
    bundle('isolated/child.ts', { file: 'isolated.mjs', format: 'es' }),
    bundle('guest/index.ts', { file: 'guest.js', format: 'iife', name: 'guest' }),
  ]);
}

if (import.meta.main) await bundleChildren();
