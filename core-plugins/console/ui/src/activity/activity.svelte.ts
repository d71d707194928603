import type { SystemStatus } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';
import { type Happening, withHappening } from './happenings.ts';

/** How the whole product is doing, and what happened while this tab was open. */
export class Activity {
  readonly #bus: Bus;
  #status = $state.raw<SystemStatus | undefined>();
  #error = $state.raw<ApiError | undefined>();
  #happenings = $state.raw<readonly Happening[]>([]);
  #count = 0;

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.subscribe('kernel.plugin.changed.v1', (change, time) => this.#add({ kind: 'plugin', time, change }));
    bus.subscribe('kernel.violation.raised.v1', (violation, time) => this.#add({ kind: 'violation', time, violation }));
    bus.subscribe('vault.state.changed.v1', ({ state }, time) => this.#add({ kind: 'vault', time, state }));
    bus.subscribe('llm.status.changed.v1', ({ selected, connected }, time) =>
      this.#add({ kind: 'model', time, model: selected.model, connected }),
    );
  }

  get status(): SystemStatus | undefined {
    return this.#status;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }
  /** Newest first. */
  get happenings(): readonly Happening[] {
    return this.#happenings;
  }

  async load(): Promise<void> {
    try {
      this.#status = await this.#bus.request('kernel.status.get.v1', {});
      this.#error = undefined;
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  /** Lets go of all but the comings and goings of this tab. */
  clear(): void {
    this.#status = undefined;
    this.#error = undefined;
    this.#happenings = this.#happenings.filter(({ kind }) => kind === 'vault' || kind === 'link');
  }

  /** The connection fell or came back; the gap in what is listed here would otherwise look like quiet. */
  noteLink(reached: boolean): void {
    this.#add({ kind: 'link', time: new Date(), reached });
  }

  #add(happening: HappeningWithoutId): void {
    this.#count += 1;
    this.#happenings = withHappening(this.#happenings, { ...happening, id: this.#count } as Happening);
  }
}

type HappeningWithoutId = Happening extends infer Each ? (Each extends Happening ? Omit<Each, 'id'> : never) : never;
