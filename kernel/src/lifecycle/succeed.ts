import { AicoError, type Manifest } from '@aico/schemas';
import { Incarnation, type IncarnationOptions } from './incarnation.ts';
import { asAicoError } from './intake.ts';
import type { ManagedPlugin, NextVersion } from './managed-plugin.ts';

/**
 * Whether a version may run beside the one that it replaces: what is isolated owns nothing outside its process, while two
 * trusted ones would meet at a port or a file. Who holds a condition ends it by ending.
 */
export function mayStandBeside(before: Manifest, after: Manifest): boolean {
  return [before, after].every(({ tier, conditions = [] }) => tier === 'isolated' && conditions.length === 0);
}

/**
 * Puts a new incarnation in the place of one that runs, without a moment in which nobody answers: the new one is loaded
 * beside it; new work waits; the old one finishes and tells its state; the new one goes on with it and takes what waited.
 * @throws AicoError with the old one going on as before, and the new process gone
 */
export async function succeed(
  running: Incarnation,
  next: IncarnationOptions,
  signal: AbortSignal,
): Promise<Incarnation> {
  const successor = await Incarnation.load(next, signal);
  running.attachment.hold();
  try {
    const handedOver = await running.handOver(signal);
    await successor.activate(handedOver === undefined ? {} : { handedOver }, signal);
  } catch (error) {
    running.goOn();
    await successor.stop('it did not become active', 0);
    throw error;
  }
  successor.attachment.takeOver(running.attachment);
  return successor;
}

/** Why a version did not take another's place. */
export function updateFailed({ id, manifest, reference }: ManagedPlugin, next: NextVersion, cause: unknown): AicoError {
  const { message: problem, details: known } = asAicoError(cause, id);
  const place = known['place'];
  const versions = { version: next.reference.version, before: reference.version };
  const details = { ...versions, problem, ...(place === undefined ? {} : { place }) };
  return new AicoError('KERNEL_PLUGIN_UPDATE_FAILED', { subject: manifest?.name ?? id, details, cause });
}
