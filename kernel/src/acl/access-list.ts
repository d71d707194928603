import {
  contains,
  type Grant,
  isReserved,
  isWildcard,
  overlaps,
  type Pattern,
  parsePattern,
  topicOwner,
} from '@aico/schemas';

export type GrantVerb = Grant['verb'];
export type Constraints = Readonly<Record<string, unknown>>;

/** The answer to "may this plugin do this?". */
export interface Decision {
  readonly allowed: boolean;
  /** Constraints of the grant that allowed it. */
  readonly constraints: Constraints | undefined;
  readonly rule?: Rule;
}

interface Rule {
  readonly key: string;
  /** Since this was last forgotten. */
  used: boolean;
  readonly pattern: Pattern;
  readonly literal: boolean;
  readonly constraints: Constraints | undefined;
}

const DENIED: Decision = { allowed: false, constraints: undefined };
const DECISIONS_KEPT = 4096;

/**
 * The grants of one plugin. What is not allowed is denied; a denial outweighs every grant; no wildcard reaches the
 * kernel's own topics; `plugin.<id>.…` is spoken for by its owner alone.
 */
export class AccessList {
  readonly #owner: string;
  readonly #allow = new Map<GrantVerb, Rule[]>();
  readonly #deny = new Map<GrantVerb, Rule[]>();
  readonly #decisions = new Map<string, Decision>();
  #grants: readonly Grant[] = [];

  /** @param owner id of the plugin whose grants these are */
  constructor(owner: string, grants: readonly Grant[]) {
    this.#owner = owner;
    this.replace(grants);
  }

  get grants(): readonly Grant[] {
    return this.#grants;
  }

  /** Puts other grants in force, at once. @throws AicoError KERNEL_TOPIC_MALFORMED, leaving the old ones in force */
  replace(grants: readonly Grant[]): void {
    const rules = grants.map((grant) => ({ grant, rule: ruleOf(grant) }));
    const used = this.used();
    for (const { rule } of rules) rule.used = used.has(rule.key);
    this.#allow.clear();
    this.#deny.clear();
    this.#decisions.clear();
    this.#grants = grants;
    for (const { grant, rule } of rules) {
      const table = grant.effect === 'deny' ? this.#deny : this.#allow;
      const list = table.get(grant.verb) ?? [];
      list.push(rule);
      table.set(grant.verb, list);
    }
    // A literal grant is the more specific one: its constraints win over a wildcard's.
    for (const list of this.#allow.values()) list.sort((a, b) => Number(b.literal) - Number(a.literal));
  }

  /** Whether the plugin may use a verb on a literal topic. */
  decide(verb: GrantVerb, topic: string): Decision {
    const key = `${verb} ${topic}`;
    const known = this.#decisions.get(key);
    if (known !== undefined) {
      if (known.rule !== undefined) known.rule.used = true;
      return known;
    }
    const decision = this.#judge(verb, topic as Pattern);
    if (decision.rule !== undefined) decision.rule.used = true;
    // A hostile plugin may ask about endless topics; what is kept of them is bounded.
    if (this.#decisions.size >= DECISIONS_KEPT) this.#decisions.clear();
    this.#decisions.set(key, decision);
    return decision;
  }

  /** Whether a subscribe pattern lies within one grant. Each delivery is decided again by its literal topic. */
  admitsSubscription(pattern: Pattern): boolean {
    if (!isWildcard(pattern)) return this.decide('subscribe', pattern).allowed;
    const within = (rule: Rule): boolean => contains(rule.pattern, pattern);
    if (isReserved(pattern)) return false;
    if ((this.#deny.get('subscribe') ?? []).some(within)) return false;
    return (this.#allow.get('subscribe') ?? []).some(within);
  }

  /** Whether everything that lies in a pattern may be subscribed to: no denial touches it. */
  admitsWhole(pattern: Pattern): boolean {
    const denied = (this.#deny.get('subscribe') ?? []).some((rule) => overlaps(rule.pattern, pattern));
    return !denied && this.admitsSubscription(pattern);
  }

  /** Grants that were used, as verb and topic, since `forgetUsed`. */
  used(): Set<string> {
    const rules = [...this.#allow.values()].flat().filter(({ used }) => used);
    return new Set(rules.map(({ key }) => key));
  }

  forgetUsed(): void {
    for (const rule of [...this.#allow.values()].flat()) rule.used = false;
  }

  #judge(verb: GrantVerb, topic: Pattern): Decision {
    const speaks = verb === 'publish' || verb === 'serve';
    const owner = topicOwner(topic);
    if (speaks && owner !== undefined && owner !== this.#owner) return DENIED;
    if (speaks && isReserved(topic)) return DENIED;
    const reaches = (rule: Rule): boolean =>
      rule.literal ? rule.pattern === topic : !isReserved(topic) && contains(rule.pattern, topic);
    // A denial may be as wide as it likes: it reaches reserved topics too.
    if ((this.#deny.get(verb) ?? []).some((rule) => contains(rule.pattern, topic))) return DENIED;
    const rule = (this.#allow.get(verb) ?? []).find(reaches);
    return rule === undefined ? DENIED : { allowed: true, constraints: rule.constraints, rule };
  }
}

function ruleOf(grant: Grant): Rule {
  const pattern = parsePattern(grant.topic);
  return {
    key: `${grant.verb} ${grant.topic}`,
    used: false,
    pattern,
    literal: !isWildcard(pattern),
    constraints: grant.constraints as Constraints | undefined,
  };
}
