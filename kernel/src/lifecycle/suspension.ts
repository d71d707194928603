import { AicoError, type Grant, type Manifest, type Resumed } from '@aico/schemas';
import type { Attachment } from '../bus/peer-options.ts';
import type { Clock } from '../contracts/clock.ts';
import { Incarnation, type IncarnationOptions, type ToldAsleep } from './incarnation.ts';

/** A timer of the system takes no longer time. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** A plugin that sleeps: its process is gone, what it registered is in force, and new work waits. Kept in memory alone. */
export interface Sleep {
  readonly attachment: Attachment;
  readonly resumed: Resumed;
  /** Puts other grants in force; it wakes to register what it may hear or answer again. */
  setGrants(grants: readonly Grant[]): void;
  /** Ends it: what waits is refused, what was registered is undone. */
  forget(): void;
}

/** After how long with nothing to do a plugin may sleep, ms; undefined: never. What is trusted or sets a condition owns more than its process. */
export function suspendsAfter({ tier, conditions = [], lifecycle }: Manifest): number | undefined {
  const seconds = lifecycle?.suspendAfterSeconds;
  return seconds === undefined || tier !== 'isolated' || conditions.length > 0 ? undefined : seconds * 1_000;
}

/** Calls back once when a plugin had nothing to do for at least some ms; returns its undo. */
export function whenIdle(attachment: Attachment, clock: Clock, milliseconds: number, onIdle: () => void): () => void {
  let undo = (): void => {};
  const look = (before: number): void => {
    undo = clock.after(milliseconds, () => {
      const now = messagesOf(attachment);
      if (now === before && attachment.isIdle()) onIdle();
      else look(now);
    });
  };
  look(messagesOf(attachment));
  return () => undo();
}

/**
 * Puts a plugin that has nothing to do to sleep.
 * @param onWork told, once it sleeps, whenever something waits for it
 * @returns undefined when it is needed again meanwhile: then it goes on as before. @throws AicoError likewise
 */
export async function fallAsleep(
  running: Incarnation,
  clock: Clock,
  onWork: () => void,
  signal: AbortSignal,
): Promise<Sleep | undefined> {
  const { attachment } = running;
  if (!attachment.isIdle()) return undefined;
  const before = messagesOf(attachment);
  const needed = new AbortController();
  let asleep = false;
  attachment.hold(() => (asleep ? onWork() : needed.abort()));
  let told: ToldAsleep;
  try {
    told = await running.suspend(AbortSignal.any([signal, needed.signal]));
    if (needed.signal.aborted || signal.aborted || messagesOf(attachment) !== before || !attachment.isIdle())
      throw new AicoError('KERNEL_CANCELLED', { subject: running.id });
  } catch (error) {
    running.goOn();
    if (needed.signal.aborted) return undefined;
    throw error;
  }
  asleep = true;
  const stopTimer = wakeAfter(clock, told.wakeAfterMs, onWork);
  const forget = (): void => {
    stopTimer();
    attachment.detach();
  };
  let granted = running.grants;
  const setGrants = (grants: readonly Grant[]): void => {
    attachment.setGrants(grants);
    const isBack = registersMore(granted, grants);
    granted = grants;
    if (isBack) onWork();
  };
  await running.sleep();
  return { attachment, resumed: 'state' in told ? { state: told.state } : {}, setGrants, forget };
}

function registersMore(before: readonly Grant[], after: readonly Grant[]): boolean {
  const had = new Set(before.map(({ verb, topic }) => `${verb} ${topic}`));
  return after.some(({ verb, topic }) => (verb === 'subscribe' || verb === 'serve') && !had.has(`${verb} ${topic}`));
}

/** Starts a plugin that sleeps again: it goes on with what it told, and takes what waited. @throws AicoError */
export async function wakeUp(sleep: Sleep, next: IncarnationOptions, signal: AbortSignal): Promise<Incarnation> {
  const successor = await Incarnation.load(next, signal);
  try {
    await successor.activate({ resumed: sleep.resumed }, signal);
  } catch (error) {
    await successor.stop('it did not wake', 0);
    throw error;
  }
  successor.attachment.takeOver(sleep.attachment);
  return successor;
}

function messagesOf({ traffic: { sent, received } }: Attachment): number {
  return sent + received;
}

function wakeAfter(clock: Clock, milliseconds: unknown, onWork: () => void): () => void {
  if (typeof milliseconds !== 'number' || !(milliseconds >= 0)) return () => {};
  return clock.after(Math.min(milliseconds, LONGEST_TIMER_MS), onWork);
}
