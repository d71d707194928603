import type { AicoError, PluginState } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';
import type { PluginRecord } from '../contracts/state-store.ts';
import { judgeCrash } from './crash-policy.ts';
import type { ManagedPlugin } from './managed-plugin.ts';

/** States without a process that do not outlast a stop or another version. */
const RESTLESS: ReadonlySet<PluginState> = new Set(['installed', 'pending', 'backoff', 'quarantined']);

export interface RestartsOptions {
  readonly clock: Clock;
  readonly remember: (plugin: ManagedPlugin, record: PluginRecord) => Promise<void>;
  /** Its pause is over: it may be tried again. */
  readonly onDue: (plugin: ManagedPlugin) => void;
}

/** Decides what follows a crash: another try after a pause, or quarantine. */
export class Restarts {
  readonly #options: RestartsOptions;
  readonly #stopBackoff = new Map<string, () => void>();

  constructor(options: RestartsOptions) {
    this.#options = options;
  }

  crashed(plugin: ManagedPlugin, error: AicoError): void {
    const { clock, remember, onDue } = this.#options;
    plugin.enter('crashed', error);
    const verdict = judgeCrash(plugin.record.crashes, clock.now(), Math.random());
    const quarantined = verdict.kind === 'quarantine';
    void remember(plugin, { ...plugin.record, crashes: verdict.crashes, quarantined });
    if (verdict.kind === 'quarantine') {
      plugin.enter('quarantined', error);
      return;
    }
    plugin.enter('backoff', error);
    plugin.restarts += 1;
    const undo = clock.after(verdict.delayMs, () => {
      if (plugin.state === 'backoff') {
        this.rest(plugin);
        plugin.lastFailure = error;
      }
      onDue(plugin);
    });
    this.#stopBackoff.set(plugin.id, undo);
  }

  /** Ends a backoff or quarantine, so that the next look may start the plugin. */
  rest(plugin: ManagedPlugin): void {
    this.#stopBackoff.get(plugin.id)?.();
    this.#stopBackoff.delete(plugin.id);
    plugin.enter('stopped');
  }

  /** Another version begins: what the one before did says nothing of it. */
  async beginAnew(plugin: ManagedPlugin): Promise<void> {
    this.restIfRestless(plugin);
    const { crashes, quarantined } = plugin.record;
    if (quarantined || crashes.length > 0)
      await this.#options.remember(plugin, { ...plugin.record, crashes: [], quarantined: false });
  }

  /** Takes a plugin out of what it waits in, if it waits. */
  restIfRestless(plugin: ManagedPlugin): void {
    if (RESTLESS.has(plugin.state)) this.rest(plugin);
  }
}
