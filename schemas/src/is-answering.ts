import type { PluginState } from './generated/types.ts';

const ANSWERING: ReadonlySet<PluginState> = new Set(['active', 'suspended', 'updating']);

/** Whether others may ask a plugin in this state: one that sleeps is woken, one that is being updated answers meanwhile. */
export function isAnswering({ state }: { readonly state: PluginState }): boolean {
  return ANSWERING.has(state);
}
