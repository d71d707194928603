import type { PermissionDecision, Quota } from '@aico/schemas';

/** What the kernel remembers of a plugin between starts. Nothing in it is private to the user. */
export interface PluginRecord {
  readonly enabled: boolean;
  /** It came from outside, and its user has not switched it on so far. */
  readonly awaitsConsent?: boolean;
  /** What its user said of single permissions. */
  readonly decisions?: readonly PermissionDecision[];
  /** What its user lets it use, in place of what its manifest asks for. */
  readonly limits?: Quota;
  /** Day, since 1970, on which each grant was last used, or given; by verb and topic. */
  readonly used?: Readonly<Record<string, number>>;
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
