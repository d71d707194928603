import type { Grant } from '@aico/schemas';

/** What the kernel remembers of a plugin between starts. Nothing in it is private to the user. */
export interface PluginRecord {
  readonly enabled: boolean;
  readonly grants: readonly Grant[] | undefined;
  /** It came from outside, and its user has not switched it on so far. */
  readonly awaitsConsent?: boolean;
  /** Times of recent crashes, ms since 1970. */
  readonly crashes: readonly number[];
  readonly quarantined: boolean;
}

/** Keeps plugin records; writes are atomic. */
export interface StateStore {
  read(id: string): PluginRecord | undefined;
  write(id: string, record: PluginRecord): Promise<void>;
  remove(id: string): Promise<void>;
}
