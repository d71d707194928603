import type { CommandList } from '@aico/sdk';
import type { Bus } from '../api/bus.ts';

export type ChatCommand = CommandList['commands'][number];

/** The chat commands at hand; they come and go with the plugins that offer them. */
export class Commands {
  readonly #bus: Bus;
  #items = $state.raw<readonly ChatCommand[]>([]);

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.subscribe('kernel.plugin.changed.v1', ({ to }) => {
      if (to === 'active' || to === 'stopped') void this.load();
    });
  }

  get items(): readonly ChatCommand[] {
    return this.#items;
  }

  /** Without an answer the commands stay as they were: typing one still works. */
  async load(): Promise<void> {
    const list = await this.#bus.request('chat.command.list.v1', {}).catch(() => undefined);
    if (list) this.#items = list.commands;
  }

  clear(): void {
    this.#items = [];
  }
}
