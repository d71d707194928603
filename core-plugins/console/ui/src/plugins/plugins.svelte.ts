import { isAnswering, type PermissionDecision, type PluginInfo, type PluginLimits } from '@aico/sdk';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';
import type { Words } from '../i18n/words.svelte.ts';
import { type Sample, withSample } from './usage-history.ts';

/** The plugins, what they may do and how they are doing. */
export class Plugins {
  readonly #bus: Bus;
  readonly #words: Pick<Words, 'named'>;
  #items = $state.raw<readonly PluginInfo[]>([]);
  #loaded = $state(false);
  #error = $state.raw<ApiError | undefined>();
  /** Plugins that are being switched, with the wish. */
  readonly switching: SvelteMap<string, boolean> = new SvelteMap();
  /** Why the last switch of a plugin failed. */
  readonly refusals: SvelteMap<string, ApiError> = new SvelteMap();
  /** Plugins whose newer version is being taken or left. */
  readonly deciding: SvelteSet<string> = new SvelteSet();
  readonly history: SvelteMap<string, readonly Sample[]> = new SvelteMap();
  readonly #refreshing = new SvelteSet<string>();

  /** @param words what tells the names of plugins in the language chosen */
  constructor(bus: Bus, words: Pick<Words, 'named'>) {
    this.#bus = bus;
    this.#words = words;
    for (const topic of ['kernel.plugin.changed.v1', 'kernel.pressure.raised.v1'] as const) {
      bus.subscribe(topic, ({ id }) => void this.#refresh(id));
    }
  }

  get items(): readonly PluginInfo[] {
    return this.#words.named(this.#items);
  }
  /** Those that take part: also one that sleeps until it is needed, or is being updated. */
  get answering(): readonly PluginInfo[] {
    return this.items.filter(isAnswering);
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }

  async load(): Promise<void> {
    try {
      const { plugins } = await this.#bus.request('kernel.plugin.list.v1', {});
      this.#items = plugins;
      this.#loaded = true;
      this.#error = undefined;
      for (const plugin of plugins) this.#remember(plugin);
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  clear(): void {
    this.#items = [];
    this.#loaded = false;
    this.#error = undefined;
    this.refusals.clear();
    this.history.clear();
  }

  /** Switches a plugin on or off, live. */
  async setEnabled(id: string, enabled: boolean): Promise<void> {
    this.switching.set(id, enabled);
    this.refusals.delete(id);
    try {
      const topic = enabled ? 'kernel.plugin.enable.v1' : 'kernel.plugin.disable.v1';
      this.#take(await this.#bus.request(topic, { id }));
    } catch (error) {
      this.refusals.set(id, toApiError(error));
    } finally {
      this.switching.delete(id);
    }
  }

  /** Takes or leaves a newer version that asks for more. @returns whether that was done */
  answerUpdate(id: string, accept: boolean, decisions: PermissionDecision[]): Promise<boolean> {
    return this.#decide(id, () => this.#bus.request('kernel.plugin.update.v1', { id, accept, decisions }));
  }

  /** Grants, narrows or refuses permissions, at once. @returns whether that was done */
  decide(id: string, decisions: PermissionDecision[]): Promise<boolean> {
    return this.#decide(id, () => this.#bus.request('kernel.permission.decide.v1', { id, decisions }));
  }

  /** Lets it use more or less, or what its manifest asks for again. @returns whether that was done */
  limit(id: string, limits: PluginLimits['limits'], reset: NonNullable<PluginLimits['reset']> = []): Promise<boolean> {
    return this.#decide(id, () => this.#bus.request('kernel.plugin.limit.v1', { id, limits, reset }));
  }

  async #decide(id: string, work: () => Promise<PluginInfo>): Promise<boolean> {
    this.deciding.add(id);
    this.refusals.delete(id);
    try {
      this.#take(await work());
      return true;
    } catch (error) {
      this.refusals.set(id, toApiError(error));
      return false;
    } finally {
      this.deciding.delete(id);
    }
  }

  async #refresh(id: string): Promise<void> {
    // A burst of transitions needs one look at where it ended, not one per step.
    if (!this.#loaded || this.#refreshing.has(id)) return;
    this.#refreshing.add(id);
    await new Promise((resolve) => setTimeout(resolve, 60));
    this.#refreshing.delete(id);
    const info = await this.#bus.request('kernel.plugin.get.v1', { id }).catch(() => undefined);
    if (info) this.#take(info);
  }

  #take(info: PluginInfo): void {
    const index = this.#items.findIndex(({ id }) => id === info.id);
    this.#items = index === -1 ? [...this.#items, info] : this.#items.with(index, info);
    this.#remember(info);
  }

  #remember({ id, usage }: PluginInfo): void {
    if (usage) this.history.set(id, withSample(this.history.get(id) ?? [], usage));
  }
}
