import { AicoError, type HandedOver, type LifecycleMessage } from '@aico/schemas';
import type { PluginDefinition } from '../define-plugin.ts';
import type { BusClient } from './bus-client.ts';
import { describe } from './describe.ts';

const FIRST_STATE_VERSION = 1;

/** Finishes what is being handled, then tells the state that a newer version goes on with. */
export async function handOver(definition: PluginDefinition | undefined, client: BusClient): Promise<LifecycleMessage> {
  try {
    await client.quiesce();
    const state = await definition?.handOver?.();
    if (state === undefined) return { type: 'handedOver' };
    return { type: 'handedOver', handedOver: { stateVersion: versionOf(definition), state } };
  } catch (error) {
    return { type: 'handedOver', problem: describe(error) };
  }
}

/** The state that a version begins with, in its own shape. @throws AicoError SDK_STATE_VERSION */
export async function stateFrom(definition: PluginDefinition, id: string, handedOver?: HandedOver): Promise<unknown> {
  if (handedOver === undefined) return undefined;
  const { stateVersion: from, state } = handedOver;
  const to = versionOf(definition);
  if (from === to) return state;
  if (definition.migrate === undefined)
    throw new AicoError('SDK_STATE_VERSION', { subject: id, details: { from, to } });
  return definition.migrate(from, state);
}

function versionOf(definition: PluginDefinition | undefined): number {
  return definition?.stateVersion ?? FIRST_STATE_VERSION;
}
