import type { Bus, Log } from '@aico/sdk';
import { type Command, HELP } from './commands.ts';
import { type OfferedTool, toolsOf } from './tools.ts';

interface Brought {
  readonly commands: readonly Command[];
  readonly tools: readonly OfferedTool[];
}

/** The commands and tools that active plugins bring. Asked for once, and again after a plugin came or went. */
export class CommandBook {
  readonly #bus: Bus;
  readonly #log: Log;
  #brought: Promise<Brought> | undefined;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
  }

  async open(): Promise<void> {
    await this.#bus.subscribe('kernel.plugin.changed.v1', () => {
      this.#brought = undefined;
    });
  }

  /** Sorted by name; where two plugins bring the same, the first by id has it. */
  async list(): Promise<readonly Command[]> {
    return (await this.#known()).commands;
  }

  /** What a language model may call. */
  async tools(): Promise<readonly OfferedTool[]> {
    return (await this.#known()).tools;
  }

  async find(name: string): Promise<Command | undefined> {
    return (await this.list()).find((command) => command.name === name);
  }

  #known(): Promise<Brought> {
    this.#brought ??= this.#ask();
    return this.#brought;
  }

  async #ask(): Promise<Brought> {
    try {
      const { plugins } = await this.#bus.request('kernel.plugin.list.v1', {});
      const brought = plugins
        .filter(({ state }) => state === 'active' || state === 'suspended')
        .sort((one, other) => (one.id < other.id ? -1 : 1))
        .flatMap(({ id, name, commands }) => commands.map((command) => ({ ...command, plugin: id, pluginName: name })));
      const byName = new Map([HELP, ...brought].reverse().map((command) => [command.name, command]));
      const commands = [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
      return { commands, tools: toolsOf(plugins) };
    } catch (error) {
      this.#log.warn('the commands of plugins are not known', { reason: String(error) });
      this.#brought = undefined;
      return { commands: [HELP], tools: [] };
    }
  }
}
