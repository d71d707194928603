import type { PluginChanged, VaultState, Violation } from '@aico/sdk';

interface Moment {
  readonly id: number;
  readonly time: Date;
}

/** One thing that happened, as the timeline shows it. */
export type Happening = Moment &
  (
    | { readonly kind: 'plugin'; readonly change: PluginChanged }
    | { readonly kind: 'violation'; readonly violation: Violation }
    | { readonly kind: 'vault'; readonly state: VaultState }
    | { readonly kind: 'model'; readonly model: string; readonly connected: boolean }
    | { readonly kind: 'link'; readonly reached: boolean }
  );

const KEPT = 200;
const PASSING: ReadonlySet<string> = new Set(['discovered', 'verifying', 'installed', 'starting', 'stopping']);

/** Newest first, bounded. States that a plugin only passes through are left out: they say nothing that the end does not. */
export function withHappening(all: readonly Happening[], happening: Happening): readonly Happening[] {
  if (happening.kind === 'plugin' && PASSING.has(happening.change.to)) return all;
  return [happening, ...all].slice(0, KEPT);
}
