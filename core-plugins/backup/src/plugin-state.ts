import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from './durable-file.ts';

interface State {
  /** Where backups went last: when its mark is missing, its disk is. */
  readonly folder?: string;
  /** Chunks that were found damaged: the next backup writes them once more. */
  readonly damaged?: readonly string[];
}

/** What the plugin remembers between its lives; losing it loses no backup. */
export class PluginState {
  readonly #path: string;
  #state: State;

  private constructor(path: string, state: State) {
    this.#path = path;
    this.#state = state;
  }

  static async open(folder: string): Promise<PluginState> {
    const path = join(folder, 'state.json');
    return new PluginState(path, await readState(path));
  }

  get folder(): string | undefined {
    return this.#state.folder;
  }

  get damaged(): ReadonlySet<string> {
    return new Set(this.#state.damaged ?? []);
  }

  async keep(change: State): Promise<void> {
    const next = { ...this.#state, ...change };
    if (JSON.stringify(next) === JSON.stringify(this.#state)) return;
    await writeFileAtomic(this.#path, Buffer.from(`${JSON.stringify(next)}\n`));
    this.#state = next;
  }
}

async function readState(path: string): Promise<State> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as State;
  } catch {
    return {};
  }
}
