import { AicoError, type Grant, type Permission, type PermissionDecision } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';
import { decisionOn, grantsFor, withDecisions } from './grants-for.ts';
import type { ManagedPlugin } from './managed-plugin.ts';
import { PermissionQuestions } from './permission-questions.ts';
import type { Supervisor } from './supervisor.ts';
import { UsedGrants } from './used-grants.ts';

export interface ConsentOptions {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly isRequired: (id: string) => boolean;
  /** What its user is asked about a plugin has changed. */
  readonly onChange: (plugin: ManagedPlugin) => void;
  /** A question was put that somebody should see. */
  readonly onQuestion: (plugin: ManagedPlugin, permission: Permission) => void;
}

/** What users say of permissions: when they install, when they are asked, and whenever they change their mind. */
export class Consent {
  readonly used: UsedGrants;
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
    this.#questions = new PermissionQuestions(clock, (id) => {
      const plugin = supervisor.plugins.get(id);
      if (plugin !== undefined) options.onChange(plugin);
    });
  }

  isAsked(plugin: ManagedPlugin, permission: Permission): boolean {
    return this.#questions.isOpen(plugin.id, permission);
  }

  /**
   * Puts decisions in force, at once and for later versions.
   * @throws AicoError KERNEL_PLUGIN_REQUIRED, KERNEL_PERMISSION_UNKNOWN
   */
  async decide(id: string, decisions: readonly PermissionDecision[]): Promise<ManagedPlugin> {
    const { supervisor, isRequired } = this.#options;
    const plugin = supervisor.get(id);
    if (isRequired(id)) throw new AicoError('KERNEL_PLUGIN_REQUIRED', { subject: plugin.manifest?.name ?? id });
    for (const decision of decisions) assertKnown(plugin, decision);
    await supervisor.remember(plugin, {
      ...plugin.record,
      decisions: withDecisions(plugin.record.decisions, decisions),
    });
    await this.used.write();
    plugin.incarnation?.setGrants(supervisor.grantsOf(plugin));
    for (const decision of decisions) this.#questions.settle(id, decision, decision.allow);
    // What it could not start without may be there now.
    if (plugin.lacks !== undefined) await supervisor.reconcile(id);
    this.#options.onChange(plugin);
    return plugin;
  }

  /** Answers a plugin's own wish for what its manifest calls optional. @throws AicoError KERNEL_PERMISSION_UNKNOWN */
  async request(id: string, wish: Pick<Permission, 'verb' | 'topic'>): Promise<boolean> {
    const plugin = this.#options.supervisor.get(id);
    const permission = assertKnown(plugin, wish);
    const decided = permission.optional === true ? decisionOn(wish, plugin.record.decisions) : undefined;
    if (decided !== undefined || permission.optional !== true) return isGranted(permission, plugin);
    return this.#ask(plugin, permission);
  }

  /** What is optional and was used before anybody was asked: the use is refused, and its user asked for the next. */
  deniedUse(id: string, wish: Pick<Permission, 'verb' | 'topic'>): void {
    const plugin = this.#options.supervisor.plugins.get(id);
    const permission = plugin?.manifest?.permissions.find(
      ({ verb, topic, optional }) => optional === true && verb === wish.verb && topic === wish.topic,
    );
    if (plugin === undefined || permission === undefined) return;
    if (decisionOn(permission, plugin.record.decisions) === undefined) void this.#ask(plugin, permission);
  }

  /** Nobody waits for an answer any more. */
  drop(id?: string): void {
    this.#questions.drop(id);
  }

  #ask(plugin: ManagedPlugin, permission: Permission): Promise<boolean> {
    const isNew = !this.isAsked(plugin, permission);
    const answer = this.#questions.put(plugin.id, permission);
    if (isNew && this.isAsked(plugin, permission)) this.#options.onQuestion(plugin, permission);
    return answer;
  }
}

function isGranted(permission: Permission, { manifest, record }: ManagedPlugin): boolean {
  return grantsFor(manifest?.permissions ?? [], record.decisions).some(
    (grant: Grant) => grant.verb === permission.verb && grant.topic === permission.topic,
  );
}

/** @throws AicoError KERNEL_PERMISSION_UNKNOWN */
function assertKnown({ id, manifest }: ManagedPlugin, wish: Pick<Permission, 'verb' | 'topic'>): Permission {
  const { verb, topic } = wish;
  const known = manifest?.permissions.find((permission) => permission.verb === verb && permission.topic === topic);
  if (known === undefined)
    throw new AicoError('KERNEL_PERMISSION_UNKNOWN', { subject: manifest?.name ?? id, details: { verb, topic } });
  return known;
}
