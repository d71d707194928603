/** Told where bytes did not check out. */
export type OnDamage = (path: string, at: number, problem: string) => void;

export interface SealedLogOptions {
  readonly folder: string;
  /** Begins the names of its files. */
  readonly name: string;
  readonly key: Uint8Array;
  /** Size from which a file is closed and the next begun. */
  readonly segmentBytes: number;
  readonly now: () => number;
  readonly onDamage: OnDamage;
  /** The lowest number that a new record may get. */
  readonly notBefore?: number;
}
