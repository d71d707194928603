import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AicoError } from '@aico/schemas';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { MANIFEST_FILE } from '../package-files.ts';
import { type BundleLog, problemOfLog, problemsOfFailure } from './bundle-problems.ts';
import { ENTRY_FILE } from './entry-file.ts';
import { writeSourceMap } from './write-source-map.ts';

/** Where a plugin's bundle lies, relative to its folder. */
export const BUNDLE_FILE = 'dist/bundle/index.js';

const INSTALL = fileURLToPath(new URL('../../../', import.meta.url));
/** What a plugin does not use of these stays out of its package. */
const LIBRARIES = ['schemas', 'sdk'].map((name) => new RegExp(`^${escapePattern(join(INSTALL, name) + sep)}`));

interface PluginFacts {
  readonly tier: 'isolated' | 'trusted';
  /** npm packages that stay outside the bundle; only a trusted plugin can load any. */
  readonly external: readonly string[];
}

export interface BundleOptions {
  /** For a debugger: every statement and variable stays, and so does what nobody uses. */
  readonly asWritten?: boolean;
}

/**
 * Bundles `<folder>/src/index.ts` and everything that it may not load at run time into one ESM file, with a source map beside it.
 * @throws AggregateError of everything that is wrong with the code, each an AicoError; AicoError REGISTRY_MANIFEST_INVALID
 */
export async function bundlePlugin(folder: string, { asWritten = false }: BundleOptions = {}): Promise<void> {
  const { code, exports, map } = await build(folder, await readFacts(folder), asWritten);
  if (!exports.includes('default')) fail([new AicoError('AUTHOR_EXPORT_MISSING', { subject: folder, details: PLACE })]);
  const file = join(folder, BUNDLE_FILE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code);
  if (map !== null) await writeSourceMap(file, map, { folder, isForDebugger: asWritten });
}

const PLACE = { place: ENTRY_FILE };

async function build(folder: string, { tier, external }: PluginFacts, asWritten: boolean): Promise<OutputChunk> {
  const logs: BundleLog[] = [];
  const bundle = await rolldown({
    input: join(folder, ENTRY_FILE),
    cwd: folder,
    platform: tier === 'trusted' ? 'node' : 'neutral',
    resolve: { conditionNames: ['source', 'import', 'default'], mainFields: ['module', 'main'] },
    external: (id) => (tier === 'trusted' && isBuiltin(id)) || external.some((name) => isWithin(id, name)),
    treeshake: asWritten ? false : { moduleSideEffects: LIBRARIES.map((test) => ({ test, sideEffects: false })) },
    plugins: [sdkOfThisInstall()],
    onLog: (level, log) => void (level === 'warn' && logs.push(log)),
  });
  try {
    const { output } = await bundle.generate({
      dir: dirname(join(folder, BUNDLE_FILE)),
      format: 'esm',
      codeSplitting: false,
      sourcemap: 'hidden',
      ...(asWritten ? { minify: false } : {}),
    });
    if (logs.length > 0) fail(logs.map((log) => problemOfLog(log, folder)));
    return output[0];
  } catch (error) {
    if (error instanceof AggregateError) throw error;
    return fail(problemsOfFailure(error, folder));
  } finally {
    await bundle.close();
  }
}

/** A plugin's folder may lie anywhere, with or without node_modules: the SDK is the one that this program came with. */
function sdkOfThisInstall(): Plugin {
  return {
    name: 'aico-sdk',
    resolveId(id) {
      return isWithin(id, '@aico/sdk') ? this.resolve(id, import.meta.filename, { skipSelf: true }) : undefined;
    },
  };
}

async function readFacts(folder: string): Promise<PluginFacts> {
  const manifest = await readJson(folder, MANIFEST_FILE);
  const { main, tier, process } = manifest as { main?: string; tier?: string; process?: { packages?: string[] } };
  if (main !== BUNDLE_FILE) {
    const details = { main: String(main), expected: BUNDLE_FILE };
    fail([new AicoError('AUTHOR_MAIN_MISPLACED', { subject: 'plugin.json', details })]);
  }
  if (tier !== 'trusted') return { tier: 'isolated', external: [] };
  const packageFile = existsSync(join(folder, 'package.json')) ? await readJson(folder, 'package.json') : {};
  const { dependencies = {} } = packageFile as { dependencies?: Record<string, string> };
  const own = Object.keys(dependencies).filter((name) => !name.startsWith('@aico/'));
  return { tier, external: [...own, ...(process?.packages ?? [])] };
}

async function readJson(folder: string, name: string): Promise<object> {
  let text: string;
  try {
    text = await readFile(join(folder, name), 'utf8');
  } catch (cause) {
    throw new AicoError('AUTHOR_FOLDER_NOT_PLUGIN', { subject: folder, cause });
  }
  try {
    return JSON.parse(text) as object;
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    if (name === MANIFEST_FILE) {
      const details = { place: name, problem: `it is not JSON: ${problem}` };
      throw new AicoError('REGISTRY_MANIFEST_INVALID', { subject: basename(folder), details, cause });
    }
    throw new AicoError('AUTHOR_CODE_INVALID', { subject: folder, details: { place: name, problem }, cause });
  }
}

function escapePattern(path: string): string {
  return path.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function isWithin(id: string, packageName: string): boolean {
  return id === packageName || id.startsWith(`${packageName}/`);
}

function fail(problems: readonly AicoError[]): never {
  throw new AggregateError(problems, 'The plugin cannot be bundled.');
}
