import type { Bus, Log } from '@aico/sdk';
import { type Command, HELP } from './commands.ts';

/** The commands that active plugins bring. Asked for once, and again after a plugin came or went. */
export class CommandBook {
  readonly #bus: Bus;
  readonly #log: Log;
  #commands: Promise<readonly Command[]> | undefined;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
  }

  async open(): Promise<void> {
    await this.#bus.subscribe('kernel.plugin.changed.v1', () => {
      this.#commands = undefined;
    });
  }

  /** Sorted by name; where two plugins bring the same, the first by id has it. */
  list(): Promise<readonly Command[]> {
    this.#commands ??= this.#ask();
    return this.#commands;
  }

  async find(name: string): Promise<Command | undefined> {
    return (await this.list()).find((command) => command.name === name);
  }

  async #ask(): Promise<readonly Command[]> {
    try {
      const { plugins } = await this.#bus.request('kernel.plugin.list.v1', {});
      const brought = plugins
        .filter(({ state }) => state === 'active' || state === 'suspended')
        .sort((one, other) => (one.id < other.id ? -1 : 1))
        .flatMap(({ id, name, commands }) => commands.map((command) => ({ ...command, plugin: id, pluginName: name })));
      const byName = new Map([HELP, ...brought].reverse().map((command) => [command.name, command]));
      return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    } catch (error) {
      this.#log.warn('the commands of plugins are not known', { reason: String(error) });
      this.#commands = undefined;
      return [HELP];
    }
  }
}
