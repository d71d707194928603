/** An attack by Node code in a plugin's process: what a guest could do that had broken out of its isolate. */
export interface RawAttack {
  readonly title: string;
  /** Body of an async function; returns something only when it got something. May use `PLACES` and `require`. */
  readonly body: string;
  /** Layers that do not stop it by themselves, each a known limit that SECURITY.md tells. */
  readonly unless?: readonly Layers[];
}

/** Which layers stand: both, one with the other assumed broken or missing too, or none, to see that the attacks bite. */
export type Layers = 'both' | 'node permissions' | 'bubblewrap' | 'none';

export function rawAttack(whole: RawAttack): RawAttack {
  return whole;
}
