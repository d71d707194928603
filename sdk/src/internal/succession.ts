import { AicoError, type HandedOver, type LifecycleMessage } from '@aico/schemas';
import type { PluginDefinition } from '../define-plugin.ts';
import type { BusClient } from './bus-client.ts';
import { describe } from './describe.ts';
import type { PluginTimers } from './plugin-timers.ts';

const FIRST_STATE_VERSION = 1;
/** A state travels as one message. */
const MOST_STATE_CHARACTERS = 4 * 1024 * 1024;

/** Finishes what is being handled, then tells the state that a newer version goes on with. */
export async function handOver(
  definition: PluginDefinition | undefined,
  client: BusClient,
  nonce: number,
): Promise<LifecycleMessage> {
  const told = { type: 'handedOver', nonce } as const;
  try {
    await client.quiesce();
    const state = await definition?.handOver?.();
    if (state === undefined) return told;
    assertBounded(state);
    return { ...told, handedOver: { stateVersion: versionOf(definition), state } };
  } catch (error) {
    return { ...told, problem: describe(error) };
  }
}

/** Finishes what is being handled, then tells the state that the plugin goes on with when it is needed again. */
export async function suspend(
  definition: PluginDefinition | undefined,
  client: BusClient,
  timers: PluginTimers,
  nonce: number,
): Promise<LifecycleMessage> {
  const told = { type: 'suspended', nonce } as const;
  try {
    await client.quiesce();
    const state = await definition?.suspend?.();
    if (client.holdsEvents) throw new Error('an event came meanwhile');
    const wakeAfterMs = timers.untilNextMs();
    const wake = wakeAfterMs === undefined ? told : { ...told, wakeAfterMs };
    if (state === undefined) return wake;
    assertBounded(state);
    return { ...wake, state };
  } catch (error) {
    return { ...told, problem: describe(error) };
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

function assertBounded(state: unknown): void {
  const { length } = JSON.stringify(state);
  if (length > MOST_STATE_CHARACTERS) throw new RangeError(`a state of ${length} characters is too large`);
}

function versionOf(definition: PluginDefinition | undefined): number {
  return definition?.stateVersion ?? FIRST_STATE_VERSION;
}
