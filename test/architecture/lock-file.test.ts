import { describe, expect, test } from 'vitest';
import { readText } from './source-tree.ts';

interface LockedPackage {
  readonly link?: boolean;
  /** It lies inside its parent's archive, which the parent's integrity covers. */
  readonly inBundle?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Readonly<Record<string, LockedPackage>> };
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

describe('the lock file', () => {
  test('pins something, so that an empty look never passes', () => {
    expect(installed.length).toBeGreaterThan(100);
  });

  test('pins every package by its integrity and names no registry', () => {
    const loose = installed
      .filter(([, { inBundle, integrity, resolved }]) => resolved || !(inBundle || integrity))
      .map(([path]) => path);
    expect(loose, 'Install again with the settings of .npmrc; a package without integrity could be anything.').toEqual(
      [],
    );
  });

  test('holds the packages of every platform, not only of the one that it was written on', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(path, name)),
    );
    expect(
      missing,
      'npm ci fails without these. Choose versions that exist for every platform and write the lock file again without node_modules.',
    ).toEqual([]);
  });
});

/** Looks a dependency up as Node does: beside the package, then beside each folder above it. */
function isLocked(from: string, name: string): boolean {
  const beside = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`;
  if (beside in packages) return true;
  if (from === '') return false;
  return isLocked(from.includes('/node_modules/') ? from.slice(0, from.lastIndexOf('/node_modules/')) : '', name);
}
