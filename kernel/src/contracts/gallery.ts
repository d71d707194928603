import type { VerifiedPackage } from './plugin-source.ts';

/** Packages that came along and wait to be installed. */
export interface Gallery {
  /** The newest package of each, verified now; one that does not pass is left out. */
  list(): Promise<readonly VerifiedPackage[]>;
  /** One of them, verified now; undefined when there is none, or it does not pass. */
  open(id: string): Promise<VerifiedPackage | undefined>;
  /** Where the package of a plugin lies; undefined when there is none. */
  pathOf(id: string): Promise<string | undefined>;
}
