import { randomBytes } from 'node:crypto';
import type { OpenedSocket } from '@aico/kernel/contracts';
import type { Confined } from './cgroup/confine.ts';
import type { PluginProcess } from './child-process.ts';

/** Where a process can run: its socket, and what confines it. */
export interface OpenPlace extends OpenedSocket {
  readonly confined: Confined;
  readonly child?: undefined;
}

/** A place, and the process that will speak from it. */
export interface Place extends Omit<OpenPlace, 'child'> {
  readonly child: PluginProcess;
}

/**
 * Keeps one isolated process up that nobody uses yet: its Node has started, and what every plugin needs is loaded, so that
 * whichever comes next does not wait for that. Before its hand-over nothing in it tells plugins apart; it serves one, once.
 */
export class Spare {
  readonly #prepare: (name: string) => Promise<Place>;
  #waiting: Promise<Place | undefined> | undefined;

  constructor(prepare: (name: string) => Promise<Place>) {
    this.#prepare = prepare;
  }

  /** Has one made, unless one waits. Where none can be made, whoever starts next meets the reason. */
  renew(): void {
    if (this.#waiting !== undefined) return;
    // As unlike any other, of earlier hosts too, as the names of incarnations are.
    this.#waiting = this.#prepare(`spare-${randomBytes(6).toString('hex')}`).catch(() => undefined);
  }

  /** The one that waits, as an incarnation's own; undefined when none does, or it did not live. */
  async take(incarnation: string): Promise<Place | undefined> {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const place = await waiting;
    if (place === undefined) return undefined;
    if (!place.child.isUp) {
      await place.link.close();
      return undefined;
    }
    place.rename(incarnation);
    return place;
  }

  /** Resolves when none is being made any more. */
  async settle(): Promise<void> {
    await this.#waiting;
  }
}
