import type { Clock } from '../contracts/clock.ts';
import type { VerifiedPackage } from '../contracts/plugin-source.ts';
import type { Incarnation, IncarnationOptions } from './incarnation.ts';
import type { ManagedPlugin } from './managed-plugin.ts';
import { fallAsleep, suspendsAfter, wakeUp, whenIdle } from './suspension.ts';
import type { Turns } from './turns.ts';

export interface NapsOptions {
  readonly clock: Clock;
  readonly turns: Turns;
  readonly takeVerified: (plugin: ManagedPlugin) => Promise<VerifiedPackage | undefined>;
  readonly lifeOf: (plugin: ManagedPlugin, verified: VerifiedPackage) => Promise<IncarnationOptions>;
  readonly onAwake: (plugin: ManagedPlugin, incarnation: Incarnation) => void;
  /** It did not wake: what it registered is gone. */
  readonly onFell: (plugin: ManagedPlugin, error: unknown, signal: AbortSignal) => void;
  /** It did not fall asleep, and goes on. */
  readonly onFailure: (id: string, error: unknown) => void;
}

/** Lets plugins sleep that have nothing to do, and wakes them when something reaches them. */
export class Naps {
  readonly #options: NapsOptions;

  constructor(options: NapsOptions) {
    this.#options = options;
  }

  /** Puts a plugin to sleep once it had nothing to do for as long as it says; never when it says nothing, or its author looks into it. */
  watch(plugin: ManagedPlugin, running: Incarnation): void {
    const idleMs = plugin.manifest === undefined ? undefined : suspendsAfter(plugin.manifest);
    if (idleMs === undefined || plugin.inspected) return;
    const { clock, turns } = this.#options;
    const stop = whenIdle(running.attachment, clock, idleMs, () => {
      void turns.take(plugin.id, (signal) => this.#suspend(plugin, running, signal));
    });
    void running.ended.then(stop);
  }

  /** Starts one that sleeps, within its turn; nothing happens to one that does not. */
  async wake(plugin: ManagedPlugin, signal: AbortSignal): Promise<void> {
    const { sleep } = plugin;
    if (plugin.state !== 'suspended' || sleep === undefined) return;
    const { takeVerified, lifeOf, onAwake, onFell } = this.#options;
    try {
      const verified = await takeVerified(plugin);
      if (verified === undefined) return;
      const awake = await wakeUp(sleep, await lifeOf(plugin, verified), signal);
      this.forget(plugin);
      onAwake(plugin, awake);
    } catch (error) {
      this.forget(plugin);
      onFell(plugin, error, signal);
    } finally {
      this.forget(plugin);
    }
  }

  /** Ends a sleep: what waits is refused, what was told is forgotten. */
  forget(plugin: ManagedPlugin): void {
    plugin.sleep?.forget();
    plugin.sleep = undefined;
  }

  async #suspend(plugin: ManagedPlugin, running: Incarnation, signal: AbortSignal): Promise<void> {
    if (plugin.state !== 'active' || plugin.incarnation !== running) return;
    const { clock, turns, onFailure } = this.#options;
    const onWork = (): void => void turns.take(plugin.id, (turn) => this.wake(plugin, turn));
    try {
      const sleep = await fallAsleep(running, clock, onWork, signal);
      if (sleep === undefined) {
        this.watch(plugin, running);
        return;
      }
      plugin.incarnation = undefined;
      plugin.sleep = sleep;
      plugin.enter('suspended');
    } catch (error) {
      if (!signal.aborted) onFailure(plugin.id, error);
      this.watch(plugin, running);
    }
  }
}
