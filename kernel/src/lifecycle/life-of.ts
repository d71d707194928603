import { randomBytes } from 'node:crypto';
import type { Grant } from '@aico/schemas';
import type { VerifiedPackage } from '../contracts/plugin-source.ts';
import { completeQuota } from '../quota/defaults.ts';
import type { Incarnation, IncarnationOptions } from './incarnation.ts';
import type { ManagedPlugin } from './managed-plugin.ts';
import type { SupervisorOptions } from './supervisor-options.ts';

/** What one life of a plugin is made of. */
export function lifeOf(
  plugin: ManagedPlugin,
  verified: VerifiedPackage,
  grants: readonly Grant[],
  options: SupervisorOptions,
): IncarnationOptions {
  const { broker, runner, clock, configuration, onLog, onPressure, onDebugger } = options;
  const { manifest } = verified;
  const name = `${plugin.id}-${randomBytes(6).toString('hex')}`;
  return {
    broker,
    runner,
    clock,
    package: verified,
    name,
    inspected: plugin.inspected,
    waits: plugin.waitsForDebugger,
    grants,
    quota: completeQuota(manifest.quota, plugin.record.limits),
    configuration: configuration.valuesOf(plugin.id, manifest.configuration),
    onLog: (line) => onLog(plugin.id, line),
    onPressure: (pressure) => onPressure(plugin.id, pressure),
    onDebugger: (opened) => onDebugger(plugin.id, name, opened),
  };
}

/** Puts in force what its user said of a plugin while it came up. @param grants what it has by now */
export function bringUpToDate(plugin: ManagedPlugin, incarnation: Incarnation, grants: readonly Grant[]): void {
  const { manifest, grants: before } = incarnation.begunWith;
  if (!isSame(grants, before)) incarnation.setGrants(grants);
  const quota = completeQuota(manifest.quota, plugin.record.limits);
  if (!isSame(quota, incarnation.quota)) incarnation.setQuota(quota);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
