import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { parseSync } from 'rolldown/utils';

/** The root of the checkout. */
export const ROOT: string = join(import.meta.dirname, '..', '..');

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'ui-dist', 'coverage', '.build', '.git']);

/** One import, as the file wrote it. */
export interface Import {
  readonly specifier: string;
  /** Erased by the compiler: it makes no cycle and needs no run-time dependency. */
  readonly typeOnly: boolean;
}

/** A source file, its path relative to the root and with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** The parts of a workspace's package.json that the rules look at. */
export interface Workspace {
  readonly folder: string;
  readonly name: string;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
}

/** Every file below `folder` (relative to the root) that is not the result of a build or an install. */
export function listFiles(folder: string): string[] {
  const absolute = join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : listFiles(path);
    return entry.isFile() ? [path] : [];
  });
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The workspaces, deepest folder first, so that the first that holds a file owns it. */
export function listWorkspaces(): Workspace[] {
  const manifests = listFiles('').filter((path) => path.endsWith('/package.json') && !path.includes('fixtures/'));
  return manifests.map(readWorkspace).sort((a, b) => b.folder.length - a.folder.length);
}

function readWorkspace(path: string): Workspace {
  const manifest = JSON.parse(readText(path)) as {
    name: string;
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  return {
    folder: dirname(path),
    name: manifest.name,
    dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
    devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
  };
}

/** Reads and parses every TypeScript file in a workspace's `src`. */
export function readSources(workspace: Workspace): SourceFile[] {
  const paths = listFiles(`${workspace.folder}/src`).filter((path) => /\.ts$/.test(path) && !path.endsWith('.d.ts'));
  return paths.map((path) => {
    const text = readText(path);
    return { path, text, imports: parseImports(path, text) };
  });
}

/** Finds every static, re-exporting and literal dynamic import. */
export function parseImports(path: string, text: string): Import[] {
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
  // `import(name)` with a computed name cannot be judged here; what it loads is judged where it is built.
  const literal = (start: number, end: number): string[] =>
    /^(['"`])([^$]*)\1$/.exec(text.slice(start, end))?.slice(2, 3) ?? [];
  return [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      specifier: moduleRequest.value,
      typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) =>
        moduleRequest ? [{ specifier: moduleRequest.value, typeOnly: isType }] : [],
      ),
    ),
    ...module.dynamicImports.flatMap(({ moduleRequest }) =>
      literal(moduleRequest.start, moduleRequest.end).map((specifier) => ({ specifier, typeOnly: false })),
    ),
  ];
}

/** The file that a relative import names, relative to the root. */
export function resolveRelative(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier);
}

/** The package that a bare import names: `@scope/name/door` → `@scope/name`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
