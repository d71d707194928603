import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { ClockWatch, type SeenClock } from '@aico/sdk';
import { readFileIfThere, writeFileAtomic } from '@aico/sdk/system';
import type { Journal } from './journal.ts';

const DAY_MS = 24 * 60 * 60_000;
const MEGABYTE = 1024 * 1024;
/** Beside the events: the journal is there before there is a database. */
const CLOCK_FILE = 'clock.json';

export interface TidierPowers {
  readonly journal: Pick<Journal, 'tidy'>;
  readonly folder: string;
  readonly settings: () => { readonly days: number; readonly megabytes: number };
  /** ms since 1970. */
  readonly now: () => number;
  readonly onWait: (seen: SeenClock) => void;
}

/** Drops what is too old, if the clock is to be believed, and what is too much. */
export class Tidier {
  readonly #powers: TidierPowers;
  readonly #clock: ClockWatch;

  constructor(powers: TidierPowers) {
    this.#powers = powers;
    const path = join(powers.folder, CLOCK_FILE);
    this.#clock = new ClockWatch({
      get: async () => readSeen(path),
      set: async (seen) => writeFileAtomic(path, Buffer.from(JSON.stringify(seen))),
      now: powers.now,
      onWait: powers.onWait,
    });
  }

  async tidy(): Promise<void> {
    const { journal, settings } = this.#powers;
    const { days, megabytes } = settings();
    const now = await this.#clock.believed([days]);
    const maxAgeMs = now === undefined ? Number.POSITIVE_INFINITY : days * DAY_MS;
    await journal.tidy({ maxAgeMs, maxBytes: megabytes * MEGABYTE });
  }
}

function readSeen(path: string): SeenClock | undefined {
  const bytes = readFileIfThere(path);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString()) as SeenClock;
  } catch {
    // It is written whole or not at all: somebody else wrote it.
    return undefined;
  }
}
