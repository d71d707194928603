import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from './durable-file.ts';

interface State {
  /** Where backups went last: when its mark is missing, its disk is. */
  readonly folder?: string;
  /** Chunks that were found damaged: the next backup writes them once more. */
  readonly damaged?: readonly string[];
  /** Tells this AICO from others that use the same folder for backups. */
  readonly origin?: string;
}

const FILE = 'state.json';
const ORIGIN = /^[0-9a-f]{16}$/;

/** What the plugin remembers between its lives; losing it loses no backup. */
export class PluginState {
  readonly #path: string;
  #state: State & { readonly origin: string };
  #written: string;

  private constructor(path: string, state: State) {
    this.#path = path;
    this.#written = JSON.stringify(state);
    const { origin = '' } = state;
    this.#state = { ...state, origin: ORIGIN.test(origin) ? origin : randomBytes(8).toString('hex') };
  }

  static async open(folder: string): Promise<PluginState> {
    const path = join(folder, FILE);
    return new PluginState(path, await readState(path));
  }

  get folder(): string | undefined {
    return this.#state.folder;
  }

  get damaged(): ReadonlySet<string> {
    return new Set(this.#state.damaged ?? []);
  }

  /** In no backup: whoever is restored on another machine is another. */
  get origin(): string {
    return this.#state.origin;
  }

  async keep(change: Omit<State, 'origin'>): Promise<void> {
    const next = { ...this.#state, ...change };
    const text = JSON.stringify(next);
    if (text === this.#written) return;
    await writeFileAtomic(this.#path, Buffer.from(`${text}\n`));
    [this.#state, this.#written] = [next, text];
  }

  /** Has what is restored into a folder go on as this AICO. */
  async copyTo(folder: string): Promise<void> {
    await writeFileAtomic(join(folder, FILE), Buffer.from(`${JSON.stringify({ origin: this.origin })}\n`));
  }
}

async function readState(path: string): Promise<State> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as State;
  } catch {
    return {};
  }
}
