import type { PluginChanged, PluginState } from '@aico/schemas';
import { mayGo } from '../../../src/lifecycle/life-cycle.ts';
import type { FakeClock } from '../fake-clock.ts';

const WINDOW_MS = 5 * 60_000;
const CRASHES = 3;

/** Sees every change of state, and says when one breaks a rule. */
export class Witness {
  readonly states = new Map<string, PluginState>();
  readonly trail: string[] = [];
  readonly #clock: FakeClock;
  readonly #broken: string[] = [];
  readonly #before = new Map<string, number[]>();
  readonly #crashes = new Map<string, number[]>();
  readonly #mustFollow = new Map<string, PluginState>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  see({ id, from, to, error }: PluginChanged): void {
    this.trail.push(`${id}: ${from} → ${to}${error === undefined ? '' : ` (${error.code})`}`);
    const known = this.states.get(id);
    const follows = known === undefined ? from === 'discovered' : from === known;
    if (!follows) this.#broken.push(`${id} jumped from ${known} to ${from}`);
    if (from !== to && !mayGo(from, to)) this.#broken.push(`${id} went from ${from} to ${to}`);
    const expected = this.#mustFollow.get(id) ?? to;
    if (to !== expected) this.#broken.push(`${id} is ${to} after a crash, not ${expected}`);
    this.#mustFollow.delete(id);
    this.states.set(id, to);
    if (to === 'crashed') this.#crashed(id);
    // Another version is not told to have failed for what the one before did, nor that one for this, when it comes back.
    if (to === 'installed') this.#before.set(id, this.#crashes.get(id) ?? []);
    if (to === 'installed' && from !== 'verifying') this.#crashes.delete(id);
    if (from === 'stopped' && to === 'verifying') this.#crashes.set(id, this.#before.get(id) ?? []);
  }

  /** The kernel would swallow what is thrown at it while it tells. */
  assertLawful(): void {
    this.check(this.#broken.length === 0, this.#broken.join('; '));
  }

  /** Its user switched it on: what was before is forgiven. */
  forgive(id: string): void {
    this.#crashes.delete(id);
  }

  restarted(): void {
    this.states.clear();
  }

  check(holds: boolean, otherwise: string): void {
    if (!holds) throw new Error(`${otherwise}\n${this.trail.slice(-30).join('\n')}`);
  }

  #crashed(id: string): void {
    const now = this.#clock.now();
    const recent = [...(this.#crashes.get(id) ?? []).filter((at) => at > now - WINDOW_MS), now];
    this.#crashes.set(id, recent);
    this.#mustFollow.set(id, recent.length >= CRASHES ? 'quarantined' : 'backoff');
  }
}
