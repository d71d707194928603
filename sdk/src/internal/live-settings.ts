import type { Grant, Pattern } from '@aico/schemas';
import { contains, parsePattern } from '@aico/schemas';
import type { Bus } from '../bus.ts';
import type { Configuration, Permissions } from '../context.ts';

/** Longer than the kernel gives the user, whose answer then comes first. */
const ANSWER_WITHIN_MS = 150_000;

/** ctx.config, kept current by the supervisor. */
export class LiveConfiguration implements Configuration {
  #values: Readonly<Record<string, unknown>>;
  readonly #handlers = new Set<(values: Readonly<Record<string, unknown>>) => void>();
  readonly #onFailure: (error: unknown) => void;

  /** @param onFailure told of what a handler threw */
  constructor(values: Readonly<Record<string, unknown>>, onFailure: (error: unknown) => void) {
    this.#values = values;
    this.#onFailure = onFailure;
  }

  get values(): Readonly<Record<string, unknown>> {
    return this.#values;
  }

  get<Value>(key: string): Value {
    return this.#values[key] as Value;
  }

  onChange(handler: (values: Readonly<Record<string, unknown>>) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  replace(values: Readonly<Record<string, unknown>>): void {
    this.#values = values;
    for (const handler of this.#handlers) Promise.try(handler, values).catch(this.#onFailure);
  }
}

/** A local reading of the grants; the kernel alone enforces them. */
export class LivePermissions {
  #grants: readonly Grant[];

  constructor(grants: readonly Grant[]) {
    this.#grants = grants;
  }

  contains(verb: Grant['verb'], topic: string): boolean {
    const asked: Pattern = parsePattern(topic);
    const covering = this.#grants.filter((grant) => grant.verb === verb && contains(parsePattern(grant.topic), asked));
    return covering.some((grant) => grant.effect === 'allow') && covering.every((grant) => grant.effect === 'allow');
  }

  /** Returns what tells whether something is granted now that was not before. */
  replace(grants: readonly Grant[]): (verb: Grant['verb'], topic: string) => boolean {
    const before = new LivePermissions(this.#grants);
    const after = new LivePermissions(grants);
    this.#grants = grants;
    return (verb, topic) => after.contains(verb, topic) && !before.contains(verb, topic);
  }
}

/** ctx.permissions: what is granted, and the way to ask for more. */
export function createPermissions(live: LivePermissions, bus: Bus): Permissions {
  return {
    contains: (verb, topic) => live.contains(verb, topic),
    request: async (verb, topic) => {
      if (live.contains(verb, topic)) return true;
      const waits = { timeoutMs: ANSWER_WITHIN_MS };
      return (await bus.request('kernel.permission.request.v1', { verb, topic }, waits)).granted;
    },
  };
}
