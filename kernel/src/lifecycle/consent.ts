import {
  AicoError,
  contains,
  type Grant,
  isReserved,
  type KeptDecision,
  type Permission,
  type PermissionDecision,
  parsePattern,
} from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';
import type { Trail } from '../trail/trail.ts';
import { wideningOf } from './asks-for-more.ts';
import { Expiries } from './expiries.ts';
import { decisionOn, grantsFor, isExpired, withDecisions } from './grants-for.ts';
import type { ManagedPlugin } from './managed-plugin.ts';
import { PermissionQuestions } from './permission-questions.ts';
import type { Supervisor } from './supervisor.ts';
import { UsedGrants } from './used-grants.ts';

export interface ConsentOptions {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly trail: Pick<Trail, 'note'>;
  readonly isRequired: (id: string) => boolean;
  /** What its user is asked about a plugin has changed. */
  readonly onChange: (plugin: ManagedPlugin) => void;
  /** A question was put that somebody should see. */
  readonly onQuestion: (plugin: ManagedPlugin, permission: Permission) => void;
}

type Wish = Pick<Permission, 'verb' | 'topic'>;

/** How, and through whom, a user was asked. */
export interface Asked {
  readonly how: NonNullable<KeptDecision['how']>;
  readonly by: string;
}

/** What users say of permissions: when they install, when they are asked, and whenever they change their mind. */
export class Consent {
  readonly used: UsedGrants;
  readonly expiries: Expiries;
  readonly #options: ConsentOptions;
  readonly #questions: PermissionQuestions;

  constructor(options: ConsentOptions) {
    this.#options = options;
    const { supervisor, clock } = options;
    this.used = new UsedGrants({
      clock,
      plugins: () => supervisor.plugins.values(),
      grantsOf: (plugin) => supervisor.grantsOf(plugin),
      remember: (plugin, record) => supervisor.remember(plugin, record),
    });
    this.expiries = new Expiries({
      clock,
      plugins: () => supervisor.plugins.values(),
      onExpired: (plugin, decisions) => this.#expire(plugin, decisions),
    });
    this.#questions = new PermissionQuestions(clock, (id) => {
      const plugin = supervisor.plugins.get(id);
      if (plugin !== undefined) options.onChange(plugin);
    });
  }

  now(): number {
    return this.#options.clock.now();
  }

  isAsked(plugin: ManagedPlugin, permission: Permission): boolean {
    return this.#questions.isOpen(plugin.id, permission);
  }

  /**
   * Puts decisions in force, at once and for later versions.
   * @throws AicoError KERNEL_PLUGIN_REQUIRED, KERNEL_PERMISSION_UNKNOWN
   */
  async decide(id: string, decisions: readonly PermissionDecision[], asked: Asked): Promise<ManagedPlugin> {
    const { supervisor, isRequired } = this.#options;
    const plugin = supervisor.get(id);
    if (isRequired(id)) throw new AicoError('KERNEL_PLUGIN_REQUIRED', { subject: plugin.manifest?.name ?? id });
    for (const decision of decisions) assertKnown(plugin, decision);
    const made = decisions.map((decision) => {
      const isAnswer = this.#questions.isOpen(id, decision);
      return this.#stamped(decision, isAnswer ? { ...asked, how: 'use' } : asked);
    });
    await this.#keep(plugin, made);
    for (const decision of made) this.#note(plugin, decision);
    for (const decision of decisions) this.#questions.settle(id, decision, decision.allow);
    // What it could not start without may be there now.
    if (plugin.lacks !== undefined) await supervisor.reconcile(id);
    this.#options.onChange(plugin);
    return plugin;
  }

  /** Switching on what came from outside is a yes to all that it asks for. */
  async agree(id: string, by: string): Promise<void> {
    const plugin = this.#options.supervisor.get(id);
    if (!plugin.awaitsConsent) return;
    const yes = this.#yesTo(plugin, plugin.manifest?.permissions ?? [], { how: 'install', by });
    await this.#keep(plugin, yes);
    for (const decision of yes) this.#note(plugin, decision);
  }

  /** What the yes to an update means for each permission that is new. */
  answersTo(id: string, decisions: readonly PermissionDecision[], by: string): KeptDecision[] {
    const plugin = this.#options.supervisor.get(id);
    const asked: Asked = { how: 'update', by };
    const made = decisions.map((decision) => this.#stamped(decision, asked));
    const { manifest, next } = plugin;
    if (manifest === undefined || next === undefined) return made;
    const fresh = wideningOf(manifest, next.verified.manifest).permissions;
    const others = fresh.filter((permission) => decisionOn(permission, made) === undefined);
    return [...made, ...this.#yesTo(plugin, others, asked)];
  }

  /** Notes decisions that were put in force elsewhere; what was asked besides is answered by them. */
  noteAll(plugin: ManagedPlugin, decisions: readonly KeptDecision[]): void {
    for (const decision of decisions) {
      this.#note(plugin, decision);
      this.#questions.settle(plugin.id, decision, decision.allow);
    }
  }

  /** Answers a plugin's own wish for what its manifest calls optional. @throws AicoError KERNEL_PERMISSION_UNKNOWN */
  async request(id: string, wish: Wish): Promise<boolean> {
    const plugin = this.#options.supervisor.get(id);
    const permission = askedFor(plugin, wish) ?? assertKnown(plugin, wish);
    const decided = permission.optional !== true || this.#decided(plugin, permission);
    if (decided) return isGranted(permission, plugin, this.#options.clock.now());
    return this.#ask(plugin, permission);
  }

  /** What is optional and was used before anybody was asked: the use is refused, and its user asked for the next. */
  deniedUse(id: string, wish: Wish): void {
    const plugin = this.#options.supervisor.plugins.get(id);
    const permission = plugin && askedFor(plugin, wish);
    if (plugin === undefined || permission?.optional !== true) return;
    if (!this.#decided(plugin, permission)) void this.#ask(plugin, permission);
  }

  /** Nobody waits for an answer any more. */
  drop(id?: string): void {
    this.#questions.drop(id);
  }

  /** A yes for a time that is over is none: it is asked for anew. */
  #decided(plugin: ManagedPlugin, permission: Permission): boolean {
    const decision = decisionOn(permission, plugin.record.decisions);
    return decision !== undefined && !isExpired(decision, this.#options.clock.now());
  }

  #stamped(decision: PermissionDecision, { how, by }: Asked): KeptDecision {
    return { ...decision, at: new Date(this.#options.clock.now()).toISOString(), how, by };
  }

  /** A yes to each that nobody has decided on. */
  #yesTo(plugin: ManagedPlugin, permissions: readonly Permission[], asked: Asked): KeptDecision[] {
    return permissions
      .filter((each) => each.optional !== true && decisionOn(each, plugin.record.decisions) === undefined)
      .map(({ verb, topic }) => this.#stamped({ verb, topic, allow: true }, asked));
  }

  async #keep(plugin: ManagedPlugin, decisions: readonly KeptDecision[]): Promise<void> {
    const { supervisor } = this.#options;
    const { record } = plugin;
    const kept = supervisor.remember(plugin, { ...record, decisions: withDecisions(record.decisions, decisions) });
    const used = this.used.write();
    // A disk that is slow, or answers nothing, puts off no refusal.
    plugin.setGrants(supervisor.grantsOf(plugin));
    await Promise.all([kept, used]);
    await this.expiries.look();
  }

  async #expire(plugin: ManagedPlugin, decisions: readonly KeptDecision[]): Promise<void> {
    await this.#keep(
      plugin,
      decisions.map((decision) => ({ ...decision, allow: false })),
    );
    for (const { verb, topic, until = '' } of decisions)
      this.#options.trail.note({ kind: 'permission.expired', plugin: plugin.id, details: { verb, topic, until } });
    this.#options.onChange(plugin);
  }

  /** A consent in the trail: whom, what, what for, how far, how long, and how it was asked. */
  #note(plugin: ManagedPlugin, { verb, topic, allow, without, until, how, by }: KeptDecision): void {
    const asked = plugin.manifest?.permissions.find((each) => each.verb === verb && each.topic === topic);
    const { reason, constraints } = asked ?? {};
    const isPart = Object.values(without ?? {}).some((values) => values.length > 0);
    const kind = !allow ? 'refused' : isPart ? 'narrowed' : 'granted';
    const text = (value: unknown): string => JSON.stringify(value).slice(0, 500);
    this.#options.trail.note({
      kind: `permission.${kind}`,
      plugin: plugin.id,
      ...(by === undefined ? {} : { by }),
      details: {
        verb,
        topic,
        ...(how === undefined ? {} : { how }),
        ...(reason === undefined ? {} : { purpose: reason }),
        ...(constraints === undefined ? {} : { scope: text(constraints) }),
        ...(isPart ? { without: text(without) } : {}),
        ...(until === undefined ? {} : { until }),
      },
    });
  }

  #ask(plugin: ManagedPlugin, permission: Permission): Promise<boolean> {
    const isNew = !this.isAsked(plugin, permission);
    const answer = this.#questions.put(plugin.id, permission);
    if (isNew && this.isAsked(plugin, permission)) this.#options.onQuestion(plugin, permission);
    return answer;
  }
}

function isGranted(permission: Permission, { manifest, record }: ManagedPlugin, now: number): boolean {
  return grantsFor(manifest?.permissions ?? [], record.decisions, now).some(
    (grant: Grant) => grant.verb === permission.verb && grant.topic === permission.topic,
  );
}

/** What a manifest asks for that names a wish, or what it calls optional and holds the wish in a pattern. */
function askedFor({ manifest }: ManagedPlugin, { verb, topic: wished }: Wish): Permission | undefined {
  const asked = manifest?.permissions.filter((each) => each.verb === verb) ?? [];
  const holds = ({ topic, optional }: Permission): boolean =>
    optional === true && !isReserved(wished) && contains(parsePattern(topic), parsePattern(wished));
  return asked.find(({ topic }) => topic === wished) ?? asked.find(holds);
}

/** @throws AicoError KERNEL_PERMISSION_UNKNOWN */
function assertKnown({ id, manifest }: ManagedPlugin, wish: Wish): Permission {
  const { verb, topic } = wish;
  const known = manifest?.permissions.find((permission) => permission.verb === verb && permission.topic === topic);
  if (known === undefined)
    throw new AicoError('KERNEL_PERMISSION_UNKNOWN', { subject: manifest?.name ?? id, details: { verb, topic } });
  return known;
}
