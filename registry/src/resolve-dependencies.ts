import { AicoError, type Manifest, nearestName } from '@aico/schemas';
import semver from 'semver';

/** What plugins are resolved against. */
export interface Platform {
  /** This product's version. */
  readonly aico: string;
  /** Contract areas with their version: CONTRACTS of the schemas. */
  readonly contracts: Readonly<Record<string, string>>;
}

/** Which plugins can run, and in which order; which cannot, and why. One plugin's fault refuses only who depends on it. */
export interface Resolution {
  /** Ids, each after those that it depends on; by name where they do not depend on each other. */
  readonly order: readonly string[];
  readonly refused: ReadonlyMap<string, AicoError>;
}

/** Resolves engines, contracts and dependencies. */
export function resolveDependencies(manifests: readonly Manifest[], platform: Platform): Resolution {
  const resolver = new Resolver(manifests, platform);
  for (const { id } of [...manifests].sort((one, other) => (one.id < other.id ? -1 : 1))) resolver.visit(id, []);
  return resolver;
}

/** Depth-first search (Tarjan, 1976): a plugin met again while it is still being visited closes a cycle. */
class Resolver implements Resolution {
  readonly order: string[] = [];
  readonly refused = new Map<string, AicoError>();
  readonly #manifests: ReadonlyMap<string, Manifest>;
  readonly #platform: Platform;
  readonly #done = new Set<string>();

  constructor(manifests: readonly Manifest[], platform: Platform) {
    this.#manifests = new Map(manifests.map((manifest) => [manifest.id, manifest]));
    this.#platform = platform;
  }

  /** Visits a plugin; `path` leads to it. Answers why it cannot run, if it cannot. */
  visit(id: string, path: readonly string[]): AicoError | undefined {
    if (this.#done.has(id)) return this.refused.get(id);
    const manifest = this.#manifests.get(id);
    if (manifest === undefined) return undefined;
    const error = findPlatformError(manifest, this.#platform) ?? this.#findDependencyError(manifest, [...path, id]);
    // A plugin inside a cycle was refused already, by whoever closed it.
    if (!this.#done.has(id)) this.#finish(id, error);
    return this.refused.get(id);
  }

  #findDependencyError({ id: subject, dependencies = {} }: Manifest, path: readonly string[]): AicoError | undefined {
    for (const [dependency, range] of Object.entries(dependencies).sort()) {
      const version = this.#manifests.get(dependency)?.version;
      if (version === undefined) {
        return new AicoError('REGISTRY_DEPENDENCY_MISSING', { subject, details: { dependency, range } });
      }
      if (!satisfies(version, range)) {
        return new AicoError('REGISTRY_DEPENDENCY_MISMATCH', { subject, details: { dependency, range, version } });
      }
      if (path.includes(dependency) && !this.#done.has(dependency)) {
        this.#refuseCycle(path.slice(path.indexOf(dependency)));
        return this.refused.get(subject);
      }
      const cause = this.visit(dependency, path);
      if (cause !== undefined && !this.#done.has(subject)) {
        return new AicoError('REGISTRY_DEPENDENCY_REFUSED', {
          subject,
          details: { dependency, problem: cause.message },
          cause,
        });
      }
    }
    return undefined;
  }

  /** Each plugin of the cycle is told the cycle as it begins and ends with itself. */
  #refuseCycle(cycle: readonly string[]): void {
    for (const [index, subject] of cycle.entries()) {
      const turned = [...cycle.slice(index), ...cycle.slice(0, index), subject].join(' → ');
      this.#finish(subject, new AicoError('REGISTRY_DEPENDENCY_CYCLE', { subject, details: { cycle: turned } }));
    }
  }

  #finish(id: string, error: AicoError | undefined): void {
    this.#done.add(id);
    if (error === undefined) this.order.push(id);
    else this.refused.set(id, error);
  }
}

function findPlatformError(
  { id: subject, engines, contracts = {} }: Manifest,
  platform: Platform,
): AicoError | undefined {
  if (!satisfies(platform.aico, engines.aico)) {
    const details = { range: engines.aico, version: platform.aico };
    return new AicoError('REGISTRY_ENGINE_MISMATCH', { subject, details });
  }
  for (const [contract, range] of Object.entries(contracts)) {
    const version = Object.hasOwn(platform.contracts, contract) ? platform.contracts[contract] : undefined;
    if (version === undefined) {
      const nearest = nearestName(contract, Object.keys(platform.contracts)) ?? 'none';
      return new AicoError('REGISTRY_CONTRACT_UNKNOWN', { subject, details: { contract, nearest } });
    }
    if (!satisfies(version, range)) {
      return new AicoError('REGISTRY_CONTRACT_MISMATCH', { subject, details: { contract, range, version } });
    }
  }
  return undefined;
}

/** A pre-release counts as what it comes before: who installed it wants it used. */
function satisfies(version: string, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true });
}
