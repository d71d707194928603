import type { AicoError, Grant, Manifest, Permission, PluginState } from '@aico/schemas';
import type { PluginReference, VerifiedPackage } from '../contracts/plugin-source.ts';
import type { PluginRecord } from '../contracts/state-store.ts';
import type { Incarnation } from './incarnation.ts';
import { mayGo } from './life-cycle.ts';
import type { Sleep } from './suspension.ts';

/** A verified package of a newer version. */
export interface NextVersion {
  readonly reference: PluginReference;
  readonly verified: VerifiedPackage;
}

/** What one that failed goes through while it is tried again. */
const TRIED_AGAIN: ReadonlySet<PluginState> = new Set(['verifying', 'installed', 'starting']);

/** Everything the supervisor knows of one plugin. Its state changes through `enter` alone, which tells. */
export class ManagedPlugin {
  readonly id: string;
  reference: PluginReference;
  manifest: Manifest | undefined;
  /** Verified and not yet run; each start takes one. */
  verified: VerifiedPackage | undefined;
  /** Of the package last verified. */
  trust: { readonly tier: 'isolated' | 'trusted'; readonly signer: string } = { tier: 'isolated', signer: '' };
  /** Its views' files, by path, of the package last verified. */
  views: ReadonlyMap<string, Uint8Array> = new Map();
  record: PluginRecord;
  incarnation: Incarnation | undefined;
  /** There while it sleeps, and while it wakes. */
  sleep: Sleep | undefined;
  /** A newer version that asks for more, and waits for its user's yes while this one runs on. */
  next: NextVersion | undefined;
  error: AicoError | undefined;
  /** Why it is tried again, until it runs, waits for something or is switched off. */
  lastFailure: AicoError | undefined;
  waitingFor: readonly string[] = [];
  /** What this version cannot start without, as its last start showed, and its user refused. */
  lacks: Permission | undefined;
  restarts = 0;
  since: number;
  /** Its author looks into it with a debugger. */
  inspected = false;
  /** Its next process is to run nothing before its debugger says so. */
  waitsForDebugger = false;
  /** It is about to stop, so that nothing may lean on it. */
  leaving = false;
  #state: PluginState = 'discovered';
  /** Grants that processes of it used that have ended, and nobody has written down so far. */
  readonly #usedBefore = new Set<string>();
  readonly #onChange: (plugin: ManagedPlugin, from: PluginState) => void;
  readonly #onFailure: (id: string, error: unknown) => void;
  readonly #now: () => number;

  constructor(
    reference: PluginReference,
    record: PluginRecord,
    now: () => number,
    onChange: (plugin: ManagedPlugin, from: PluginState) => void,
    onFailure: (id: string, error: unknown) => void,
  ) {
    this.id = reference.id;
    this.reference = reference;
    this.record = record;
    this.#now = now;
    this.since = now();
    this.#onChange = onChange;
    this.#onFailure = onFailure;
  }

  get state(): PluginState {
    return this.#state;
  }

  /** Whether there is something to stop: a process, or what one that sleeps has registered. */
  get isUp(): boolean {
    return this.#state === 'active' || this.#state === 'suspended';
  }

  /** What its user is told of: also while it is tried again, so that an error does not come and go. */
  get shownError(): AicoError | undefined {
    return this.error ?? this.lastFailure;
  }

  /** Whether it asks for something and its user has not said yes to it so far. */
  get awaitsConsent(): boolean {
    const asks = this.manifest?.permissions.some(({ optional }) => optional !== true) ?? false;
    return this.record.awaitsConsent === true && asks;
  }

  /** A process of it has ended: what it used counts as used. */
  noteUsed({ attachment }: Incarnation): void {
    for (const key of attachment.used()) this.#usedBefore.add(key);
  }

  /** Whether a grant was used since `takeUsed`, by verb and topic. */
  hasUsed(key: string): boolean {
    return this.#usedBefore.has(key) || this.incarnation?.attachment.used().has(key) === true;
  }

  /** Grants that were used since this was last asked. */
  takeUsed(): ReadonlySet<string> {
    if (this.incarnation !== undefined) this.noteUsed(this.incarnation);
    const used = new Set(this.#usedBefore);
    this.#usedBefore.clear();
    this.incarnation?.attachment.forgetUsed();
    return used;
  }

  /** Puts what it may do in force, at once; also for what it left behind while it sleeps. */
  setGrants(grants: readonly Grant[]): void {
    this.incarnation?.setGrants(grants);
    this.sleep?.setGrants(grants);
  }

  /** The one place where a state changes, or why it is as it is. A way that is not in the table is not gone, and told as our own failure. */
  enter(state: PluginState, error?: AicoError): void {
    const from = this.#state;
    const isSame = from === state && this.error?.message === error?.message;
    if (from !== state && !mayGo(from, state)) {
      this.#onFailure(this.id, new Error(`${this.id} cannot go from ${from} to ${state}`));
      return;
    }
    this.error = error;
    if (error !== undefined || !TRIED_AGAIN.has(state)) this.lastFailure = undefined;
    if (isSame) return;
    this.#state = state;
    if (from !== state) this.since = this.#now();
    this.#onChange(this, from);
  }
}
