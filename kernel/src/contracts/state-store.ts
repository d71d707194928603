import type { KeptDecision, Quota, RunMark } from '@aico/schemas';

/** What the kernel remembers of a plugin between starts. Nothing in it is private to the user. */
export interface PluginRecord {
  readonly enabled: boolean;
  /** It came from outside, and its user has not switched it on so far. */
  readonly awaitsConsent?: boolean;
  /** What its user said of single permissions. */
  readonly decisions?: readonly KeptDecision[];
  /** What its user lets it use, in place of what its manifest asks for. */
  readonly limits?: Quota;
  /** Day, since 1970, on which each grant was last used, or given; by verb and topic. */
  readonly used?: Readonly<Record<string, number>>;
  /** Times of recent crashes, ms since 1970. */
  readonly crashes: readonly number[];
  readonly quarantined: boolean;
}

/** Which run of AICO this is, and what is known of the one before. */
export interface RunCount {
  readonly run: number;
  readonly before?: RunMark;
}

/** Keeps plugin records, and counts runs; writes are atomic. */
export interface StateStore {
  read(id: string): PluginRecord | undefined;
  write(id: string, record: PluginRecord): Promise<void>;
  remove(id: string): Promise<void>;
  /** Counts one more run. */
  beginRun(): Promise<RunCount>;
  /** The run ends in order, with so many entries in its trail. */
  endRun(last: number): Promise<void>;
}
