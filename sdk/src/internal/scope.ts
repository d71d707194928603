import { AicoError } from '@aico/schemas';
import type { Undo } from '../bus.ts';

type Release = () => void | Promise<void>;

/**
 * Owns what a plugin registered. Releases run in reverse order, once each, even when one fails.
 * A closed scope refuses to own anything more.
 */
export class Scope {
  readonly #name: string;
  readonly #releases = new Set<Release>();
  readonly #abort = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  assertOpen(): void {
    if (this.#closed !== undefined) throw new AicoError('KERNEL_DISPOSED', { subject: this.#name });
  }

  /** Owns a release and returns it as an undo that runs at most once. */
  own(release: Release): Undo {
    this.assertOpen();
    let done: Promise<void> | undefined;
    const once = (): Promise<void> => {
      this.#releases.delete(once);
      done ??= Promise.resolve(release());
      return done;
    };
    this.#releases.add(once);
    return once;
  }

  /** Undoes everything. @throws AggregateError when releases failed, after all ran */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    this.#abort.abort();
    const failures: unknown[] = [];
    for (const release of [...this.#releases].reverse()) {
      try {
        await release();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${this.#name}: ${failures.length} releases failed`);
  }
}
