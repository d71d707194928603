import { fileURLToPath } from 'node:url';
import { type InputOptions, rolldown } from 'rolldown';

const folder = fileURLToPath(new URL('..', import.meta.url));

async function bundle(
  entry: string,
  output: { file: string; format: 'es' | 'cjs' | 'iife'; name?: string },
): Promise<void> {
  const guest = output.format === 'iife';
  const options: InputOptions = {
    input: `${folder}src/${entry}`,
    platform: guest ? 'neutral' : 'node',
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
    // Less to read at each start; names stay, for stack traces.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    ...(output.name === undefined ? {} : { name: output.name }),
  });
  await build.close();
}

/** Writes dist/children: each child's entry, and that of the thread that starts them, is one file, so that a process starts fast. */
export async function bundleChildren(): Promise<void> {
  await Promise.all([
    bundle('trusted/child.ts', { file: 'trusted.mjs', format: 'es' }),
    bundle('isolated/child.ts', { file: 'isolated.mjs', format: 'es' }),
    bundle('launcher/thread.ts', { file: 'launcher.mjs', format: 'es' }),
    bundle('guest/index.ts', { file: 'guest.js', format: 'iife', name: 'guest' }),
  ]);
}

if (import.meta.main) await bundleChildren();
