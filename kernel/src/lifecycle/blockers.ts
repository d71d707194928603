import { AicoError, CONTRACTS, isAnswering, type Manifest } from '@aico/schemas';
import { satisfies } from 'semver';
import type { ManagedPlugin } from './managed-plugin.ts';

/** Why a plugin can never run here as things are installed, or undefined. */
export function unfit(manifest: Manifest, aicoVersion: string): AicoError | undefined {
  const subject = manifest.id;
  if (!satisfies(aicoVersion, manifest.engines.aico, { includePrerelease: true })) {
    const details = { range: manifest.engines.aico, version: aicoVersion };
    return new AicoError('KERNEL_ENGINE_MISMATCH', { subject, details });
  }
  const strange =
    manifest.tier === 'isolated' ? manifest.conditions?.find((name) => !name.startsWith(`${subject}.`)) : undefined;
  if (strange !== undefined)
    return new AicoError('KERNEL_CONDITION_UNDECLARED', { subject, details: { condition: strange } });
  for (const [area, range] of Object.entries(manifest.contracts ?? {})) {
    const version = Object.hasOwn(CONTRACTS, area) ? CONTRACTS[area] : undefined;
    if (version === undefined || !satisfies(version, range)) {
      const details = { area, range, version: version ?? 'none' };
      return new AicoError('KERNEL_CONTRACT_MISMATCH', { subject, details });
    }
  }
  return undefined;
}

/** A dependency that is absent or of the wrong version, or undefined. */
export function missingDependency(
  manifest: Manifest,
  plugins: ReadonlyMap<string, ManagedPlugin>,
): AicoError | undefined {
  for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
    const version = plugins.get(dependency)?.manifest?.version;
    if (version === undefined || !satisfies(version, range, { includePrerelease: true })) {
      return new AicoError('KERNEL_DEPENDENCY_MISSING', { subject: manifest.id, details: { dependency, range } });
    }
  }
  return undefined;
}

/** The cycle that a plugin is part of, as `a → b → a`, or undefined. */
export function cycleOf(id: string, plugins: ReadonlyMap<string, ManagedPlugin>): AicoError | undefined {
  const visit = (at: string, path: readonly string[]): readonly string[] | undefined => {
    for (const next of Object.keys(plugins.get(at)?.manifest?.dependencies ?? {})) {
      if (next === id) return [...path, next];
      if (path.includes(next)) continue;
      const found = visit(next, [...path, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const cycle = visit(id, [id]);
  return cycle === undefined ? undefined : new AicoError('KERNEL_DEPENDENCY_CYCLE', { subject: cycle.join(' → ') });
}

/** What a plugin waits for now, in words; empty when it may run. */
export function blockersOf(
  manifest: Manifest,
  plugins: ReadonlyMap<string, ManagedPlugin>,
  holds: (condition: string) => boolean,
): string[] {
  const dependencies = Object.keys(manifest.dependencies ?? {}).filter((id) => {
    const dependency = plugins.get(id);
    return dependency === undefined || !isAnswering(dependency) || dependency.leaving;
  });
  return [...dependencies, ...(manifest.needs ?? []).filter((condition) => !holds(condition))];
}

/** Who names a plugin as a dependency, or needs a condition that it sets; never itself, which would wait for itself. */
export function dependentsOf(
  { id, manifest }: ManagedPlugin,
  plugins: ReadonlyMap<string, ManagedPlugin>,
): ManagedPlugin[] {
  const conditions = manifest?.conditions ?? [];
  return [...plugins.values()].filter(
    ({ id: otherId, manifest: other }) =>
      otherId !== id &&
      (Object.hasOwn(other?.dependencies ?? {}, id) || other?.needs?.some((need) => conditions.includes(need))),
  );
}
