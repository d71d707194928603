import type { Grant, Pattern } from '@aico/schemas';
import { contains, parsePattern } from '@aico/schemas';
import type { Configuration, Permissions } from '../context.ts';

/** ctx.config, kept current by the supervisor. */
export class LiveConfiguration implements Configuration {
  #values: Readonly<Record<string, unknown>>;
  readonly #handlers = new Set<(values: Readonly<Record<string, unknown>>) => void>();

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
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
    for (const handler of this.#handlers) handler(values);
  }
}

/** ctx.permissions: a local reading of the grants; the kernel alone enforces them. */
export class LivePermissions implements Permissions {
  #grants: readonly Grant[];

  constructor(grants: readonly Grant[]) {
    this.#grants = grants;
  }

  contains(verb: Grant['verb'], topic: string): boolean {
    const asked: Pattern = parsePattern(topic);
    const covering = this.#grants.filter((grant) => grant.verb === verb && contains(parsePattern(grant.topic), asked));
    return covering.some((grant) => grant.effect === 'allow') && covering.every((grant) => grant.effect === 'allow');
  }

  replace(grants: readonly Grant[]): void {
    this.#grants = grants;
  }
}
