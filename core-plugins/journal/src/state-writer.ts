import type { Group } from './group.ts';
import type { StateLog } from './state-log.ts';

/** How long what is settled waits for more, to be written together. What a crash loses of it is delivered again. */
const WRITE_AFTER_MS = 5;
const RETRY_MS = 1_000;

export interface StateWriterOptions {
  readonly state: StateLog;
  readonly after: (milliseconds: number, handler: () => void) => () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Writes down what groups settle, many at a time. */
export class StateWriter {
  readonly #options: StateWriterOptions;
  #touched = new Set<Group>();
  /** Groups whose changes did not get to the disk: they are written whole. */
  readonly #unwritten = new Set<Group>();
  #stopTimer: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: StateWriterOptions) {
    this.#options = options;
  }

  touch(group: Group): void {
    this.#touched.add(group);
    this.#later(WRITE_AFTER_MS);
  }

  /** Resolves when everything so far is on the disk, or could not be written. */
  flush(): Promise<void> {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    this.#stopTimer?.();
  }

  #later(milliseconds: number): void {
    this.#stopTimer ??= this.#options.after(milliseconds, () => {
      this.#stopTimer = undefined;
      void this.flush();
    });
  }

  async #write(): Promise<void> {
    const touched = this.#touched;
    this.#touched = new Set();
    for (const group of this.#unwritten) touched.add(group);
    if (touched.size === 0) return;
    const writes = [...touched].map((group) => this.#writeGroup(group));
    const outcomes = await Promise.allSettled(writes);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    if (failures.length === 0) return;
    this.#options.onFailure(failures[0]);
    this.#later(RETRY_MS);
  }

  async #writeGroup(group: Group): Promise<void> {
    const { state } = this.#options;
    const changes = group.takeChanges();
    if (state.groups.get(group.name) !== group.state) return;
    const whole = this.#unwritten.delete(group);
    if (changes.length === 0 && !whole) return;
    try {
      if (whole) await state.put(group.name, group.state);
      else await state.note(group.name, changes);
    } catch (error) {
      this.#unwritten.add(group);
      throw error;
    }
  }
}
