import { type Bus, isAnswering, type Log, type PluginInfo } from '@aico/sdk';
import { type AbsentCommand, type Command, HELP } from './commands.ts';
import { byId, type OfferedTool, toolsOf } from './tools.ts';

interface Brought {
  readonly commands: readonly Command[];
  /** What plugins would bring that are installed and do not run: switched off, starting, or set aside. */
  readonly absent: readonly AbsentCommand[];
  readonly tools: readonly OfferedTool[];
}

/** The commands and tools that running plugins bring. Asked for once, and again after a plugin came or went. */
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

  /** The command of a plugin that is installed and does not run now. */
  async findAbsent(name: string): Promise<AbsentCommand | undefined> {
    return (await this.#known()).absent.find((command) => command.name === name);
  }

  #known(): Promise<Brought> {
    this.#brought ??= this.#ask();
    return this.#brought;
  }

  async #ask(): Promise<Brought> {
    try {
      const { plugins } = await this.#bus.request('kernel.plugin.list.v1', {});
      const brought = plugins.filter(isAnswering).sort(byId).flatMap(commandsOf);
      const absent = plugins
        .filter((plugin) => !isAnswering(plugin))
        .flatMap((plugin) => commandsOf(plugin).map((command) => ({ ...command, enabled: plugin.enabled })));
      const byName = new Map([HELP, ...brought].reverse().map((command) => [command.name, command]));
      const commands = [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
      return { commands, absent, tools: toolsOf(plugins) };
    } catch (error) {
      this.#log.warn('the commands of plugins are not known', { reason: String(error) });
      this.#brought = undefined;
      return { commands: [HELP], absent: [], tools: [] };
    }
  }
}

function commandsOf({ id, name, commands }: PluginInfo): readonly Command[] {
  return commands.map((command) => ({ ...command, plugin: id, pluginName: name }));
}
