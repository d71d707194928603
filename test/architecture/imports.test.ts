import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EDGE_FILES, EDGE_PACKAGES, INSTEAD, MAY_IMPORT, POWERLESS_MODULES } from './rules.ts';
import {
  listWorkspaces,
  packageOf,
  parseImports,
  ROOT,
  readSources,
  resolveRelative,
  type SourceFile,
  type Workspace,
} from './source-tree.ts';

const workspaces = listWorkspaces().filter(({ folder }) => ruleOf(folder) !== undefined);
const sources = new Map<Workspace, SourceFile[]>(workspaces.map((workspace) => [workspace, readSources(workspace)]));

/** Runs a check over every import of every source file and returns what it found wrong. */
function inspect(
  check: (found: {
    workspace: Workspace;
    file: SourceFile;
    specifier: string;
    typeOnly: boolean;
  }) => string | undefined,
): string[] {
  return [...sources].flatMap(([workspace, files]) =>
    files.flatMap((file) =>
      file.imports.flatMap(({ specifier, typeOnly }) => check({ workspace, file, specifier, typeOnly }) ?? []),
    ),
  );
}

function ruleOf(folder: string): string | undefined {
  return [folder, folder.replace(/\/[^/]+$/, '/*')].find((key) => key in MAY_IMPORT);
}

function opens(door: string, specifier: string): boolean {
  return door.endsWith('/*') ? packageOf(specifier) === packageOf(door) : specifier === door;
}

function isEdge(edges: readonly string[], path: string): boolean {
  return edges.some((edge) => (edge.endsWith('/') ? path.startsWith(edge) : path === edge));
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.');
}

describe('the import rules', () => {
  test('look at every package, so that an empty look never passes', () => {
    const seen = workspaces.map(({ folder }) => ruleOf(folder));
    expect(new Set(seen)).toEqual(new Set(Object.keys(MAY_IMPORT)));
    const empty = workspaces.filter((workspace) => sources.get(workspace)?.length === 0).map(({ folder }) => folder);
    expect(empty, 'These packages have no source file to check: is their folder still called src?').toEqual([]);
  });

  test('see static, type-only, re-exporting and dynamic imports', () => {
    const text = `import a from 'a'; import(computed); import type { B } from 'b'; export * from 'c'; export { d } from './d.ts'; await import('e');`;
    expect(parseImports('sample.ts', text)).toEqual([
      { specifier: 'a', typeOnly: false },
      { specifier: 'b', typeOnly: true },
      { specifier: 'c', typeOnly: false },
      { specifier: './d.ts', typeOnly: false },
      { specifier: 'e', typeOnly: false },
    ]);
  });

  test('let a package import only what the architecture allows it', () => {
    const wrong = inspect(({ workspace, file, specifier }) => {
      const rule = ruleOf(workspace.folder) ?? '';
      if (!specifier.startsWith('@aico/') || MAY_IMPORT[rule]?.some((door) => opens(door, specifier))) return undefined;
      return `${file.path} imports ${specifier}. ${INSTEAD[rule]} Allowed here: ${MAY_IMPORT[rule]?.join(', ') || 'none'}.`;
    });
    expect(wrong).toEqual([]);
  });

  test('keep relative imports inside their package and written with the file’s extension', () => {
    const wrong = inspect(({ workspace, file, specifier }) => {
      if (!isRelative(specifier)) return undefined;
      const target = resolveRelative(file.path, specifier);
      if (!target.startsWith(`${workspace.folder}/`)) {
        return `${file.path} reaches out of its package to ${specifier}. Import the other package by its name.`;
      }
      if (!existsSync(join(ROOT, target))) {
        return `${file.path} imports ${specifier}, which is no file. Write the name as it is on disk: ./name.ts.`;
      }
      return undefined;
    });
    expect(wrong).toEqual([]);
  });

  test('allow Node’s modules and native sockets only in the named edge files of a pure package', () => {
    const wrong = inspect(({ workspace, file, specifier, typeOnly }) => {
      const edges = EDGE_FILES[workspace.folder] ?? EDGE_FILES[workspace.folder.replace(/\/.*$/, '')];
      const outside = specifier.startsWith('node:') || EDGE_PACKAGES.includes(packageOf(specifier));
      if (!edges || typeOnly || !outside || POWERLESS_MODULES.includes(specifier) || isEdge(edges, file.path))
        return undefined;
      return (
        `${file.path} imports ${specifier}. Take the one or two functions that it needs as arguments (a port), and let an edge ` +
        `file pass them in. If this file is such an edge, list it in EDGE_FILES (test/architecture/rules.ts) and keep it small.`
      );
    });
    expect(wrong).toEqual([]);
  });

  test('find every package that a source imports declared in its own package.json', () => {
    const wrong = inspect(({ workspace, file, specifier, typeOnly }) => {
      if (isRelative(specifier) || specifier.startsWith('node:')) return undefined;
      const name = packageOf(specifier);
      const declared = workspace.dependencies.has(name) || (typeOnly && workspace.devDependencies.has(name));
      if (declared || name === workspace.name) return undefined;
      return `${file.path} imports ${name}. Add it to "dependencies" of ${workspace.folder}/package.json, or do without it.`;
    });
    expect(wrong).toEqual([]);
  });

  test('name only edge files that exist, so that the list never outlives a file', () => {
    const gone = Object.values(EDGE_FILES)
      .flat()
      .filter((path) => !existsSync(join(ROOT, path)));
    expect(gone, 'Remove these from EDGE_FILES in test/architecture/rules.ts.').toEqual([]);
  });

  test('find no circle of files that import each other', () => {
    const graph = new Map<string, string[]>();
    for (const file of [...sources.values()].flat()) {
      const targets = file.imports.filter(({ specifier, typeOnly }) => isRelative(specifier) && !typeOnly);
      graph.set(
        file.path,
        targets.map(({ specifier }) => resolveRelative(file.path, specifier)),
      );
    }
    const circle = findCircle(graph);
    expect(
      circle,
      `These files import each other in a circle: ${circle?.join(' → ')}. Move what they share into a file of its own.`,
    ).toBeUndefined();
  });
});

/** The first circle in the graph, its first node repeated at the end. */
function findCircle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (node: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (finished.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const circle = visit(next, [...trail, node]);
      if (circle) return circle;
    }
    finished.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const circle = visit(node, []);
    if (circle) return circle;
  }
  return undefined;
}
