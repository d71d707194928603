import type { LogLine } from '@aico/kernel';
import type { PluginChanged, Violation } from '@aico/schemas';

/** Logged by an attack that succeeded. */
export const BREACH = 'BREACH: ';
const FALLEN = new Set(['crashed', 'backoff', 'quarantined', 'rejected']);

/** Everything that the kernel learned of one attacker. */
export class Witness {
  readonly breaches: string[] = [];
  readonly violations: Set<string> = new Set();
  readonly #canary: string;
  done = false;
  active = false;
  /** Code of the error that ended it. */
  fall: string | undefined;
  gone = false;

  constructor(canary: string) {
    this.#canary = canary;
  }

  log({ message, fields }: LogLine): void {
    if (message === 'done') this.done = true;
    if (message.startsWith(BREACH)) this.breaches.push(message.slice(BREACH.length));
    this.heard(`${message} ${fields === undefined ? '' : JSON.stringify(fields)}`);
  }

  /** Looks at what the attacker said, wherever it said it. */
  heard(text: string): void {
    if (text.includes(this.#canary)) this.breaches.push('it knows the secret');
  }

  violation({ error }: Violation): void {
    this.violations.add(error.code);
  }

  change({ to, error }: PluginChanged): void {
    this.active = to === 'active';
    this.gone = to === 'stopped';
    if (FALLEN.has(to)) this.fall ??= error?.code ?? 'no error';
    if (error !== undefined) this.heard(JSON.stringify(error));
  }
}
