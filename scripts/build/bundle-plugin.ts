import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { rolldown } from 'rolldown';
import { BUNDLE_FILE } from './plugin-folders.ts';
import { BuildFailure } from './run-tool.ts';

interface PluginFacts {
  readonly tier: 'isolated' | 'trusted';
  /** npm packages that stay outside the bundle; only a trusted plugin can load any. */
  readonly external: readonly string[];
}

/** Bundles `<folder>/src/index.ts` and everything that it may not load at run time into one ESM file. */
export async function bundlePlugin(folder: string): Promise<void> {
  const { tier, external } = readFacts(folder);
  const problems: string[] = [];
  const bundle = await rolldown({
    input: join(folder, 'src/index.ts'),
    cwd: folder,
    platform: tier === 'trusted' ? 'node' : 'neutral',
    resolve: { conditionNames: ['source', 'import', 'default'], mainFields: ['module', 'main'] },
    external: (id) => (tier === 'trusted' && isBuiltin(id)) || external.some((name) => isWithin(id, name)),
    // What a plugin does not use of the SDK and the contracts stays out of its package.
    treeshake: { moduleSideEffects: [{ test: /[\\/](schemas|sdk)[\\/]src[\\/]/, sideEffects: false }] },
    onLog: (level, log) => {
      if (level === 'warn') problems.push(explain(log.code, log.message));
    },
  });
  try {
    await bundle.write({ file: join(folder, BUNDLE_FILE), format: 'esm', codeSplitting: false });
    if (problems.length > 0) throw new BuildFailure(`${folder}:\n${problems.join('\n')}`);
  } finally {
    await bundle.close();
  }
}

function readFacts(folder: string): PluginFacts {
  const { main, tier, process } = readJson(join(folder, 'plugin.json')) as {
    main: string;
    tier: PluginFacts['tier'];
    process?: { packages?: string[] };
  };
  if (main !== BUNDLE_FILE) throw new BuildFailure(`${folder}/plugin.json: "main" is ${main}; write ${BUNDLE_FILE}.`);
  if (tier !== 'trusted') return { tier, external: [] };
  const { dependencies = {} } = readJson(join(folder, 'package.json')) as { dependencies?: Record<string, string> };
  const own = Object.keys(dependencies).filter((name) => !name.startsWith('@aico/'));
  return { tier, external: [...own, ...(process?.packages ?? [])] };
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function isWithin(id: string, packageName: string): boolean {
  return id === packageName || id.startsWith(`${packageName}/`);
}

function explain(code: string | undefined, message: string): string {
  const [first = ''] = stripVTControlCharacters(message).split('\n');
  if (code !== 'UNRESOLVED_IMPORT') return first;
  return (
    `${first}.\n  An isolated plugin has neither Node's modules nor packages at run time: ask for the power through a topic.\n` +
    '  A trusted one loads only the packages that its package.json names under "dependencies".'
  );
}
