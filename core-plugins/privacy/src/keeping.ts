import {
  AicoError,
  type Bus,
  isAicoError,
  type Log,
  lookAtClock,
  mostOff,
  type RetentionKind,
  type RetentionOld,
  type RetentionPolicy,
  type RetentionPreview,
  type RetentionState,
  steadyHours,
} from '@aico/sdk';
import { backupsHolding, mayBackupsHold } from './backups-holding.ts';
import { findOld, ownerOf, RETENTION_KINDS } from './find-old.ts';
import type { Forgetting } from './forgetting.ts';
import type { Ledger } from './ledger.ts';
import { planBackups } from './plan.ts';
import type { KeptRetention, RetentionStore } from './retention-store.ts';

export interface KeepingPowers {
  readonly bus: Pick<Bus, 'request'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly store: RetentionStore;
  readonly ledger: Pick<Ledger, 'pending'>;
  readonly forgetting: Pick<Forgetting, 'forgetOld'>;
  /** ms since 1970, as the machine's clock tells it. */
  readonly now: () => number;
  /** Does it soon, while nobody waits for it. */
  readonly soon: (work: () => Promise<void>) => void;
}

const DAY_MS = 86_400_000;
/** Less than a day, so that daily looks do not slip. */
const DUE_AFTER_MS = 23 * 3_600_000;
/** Backups that hold what went are made unreadable after so long at most: that takes a full new one. */
export const HELD_MS = 30 * DAY_MS;
const LEAST_DAYS = 7;
const MOST_SHOWN = 50;

/** Lets go of what is older than its user wants it kept. */
export class Keeping {
  readonly #powers: KeepingPowers;
  #isRunning = false;

  constructor(powers: KeepingPowers) {
    this.#powers = powers;
  }

  async state(): Promise<RetentionState> {
    const { policy, clock, ranAt, held } = await this.#powers.store.get();
    const { wait } = clock;
    return {
      policy,
      running: this.#isRunning,
      ...(ranAt !== undefined && { ranAt: textOf(ranAt) }),
      ...(wait !== undefined &&
        isOn(policy) && {
          waits: { seen: textOf(clock.believed), since: textOf(wait.since), steadyHours: steadyHours(wait) },
        }),
      ...(held !== undefined && { heldUntil: textOf(held.since + HELD_MS) }),
    };
  }

  /** What would go at once. @throws AicoError PRIVACY_AGE_TOO_SHORT, PRIVACY_HOLDER_ABSENT */
  async preview(policy: RetentionPolicy): Promise<RetentionPreview> {
    assertLongEnough(policy);
    const { bus, now } = this.#powers;
    const kinds: RetentionOld[] = [];
    const items: RetentionPreview['items'] = [];
    for (const [kind, before] of Object.entries(boundsOf(policy, now())) as [RetentionKind, string][]) {
      const old = await findOld(bus, kind, before);
      const conversations = new Set(old.items.map(({ conversation }) => conversation)).size;
      kinds.push({ kind, before, count: old.items.length, conversations, more: old.more });
      items.push(...old.items.map((item) => ({ plugin: ownerOf(kind), ...item })));
    }
    items.sort((one, other) => Date.parse(one.when) - Date.parse(other.when));
    const { backups, ...unlisted } = await planBackups(bus);
    return { kinds, items: items.slice(0, MOST_SHOWN), backups: backups.length, ...unlisted };
  }

  /** From here on so long; whoever says so saw what goes, and that the clock is right. @throws AicoError PRIVACY_AGE_TOO_SHORT */
  async set(policy: RetentionPolicy, by: string): Promise<RetentionState> {
    assertLongEnough(policy);
    const { bus, store, now, soon } = this.#powers;
    await store.put({ policy, clock: { believed: now() }, ranAt: undefined });
    const details = { conversations: wordsOf(policy.conversations), memories: wordsOf(policy.memories) };
    await bus.request('kernel.trail.note.v1', { kind: 'retention.set', by, details });
    soon(() => this.look());
    return { ...(await this.state()), running: isOn(policy) };
  }

  /** Removes what is too old, once a day, if the clock is to be believed. */
  async look(): Promise<void> {
    const { store, now } = this.#powers;
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      const kept = await store.get();
      if (!isOn(kept.policy) && kept.held === undefined) return;
      if ((await this.#isClockRight(kept)) && isDue(kept, now())) await this.#run(kept);
    } finally {
      this.#isRunning = false;
    }
  }

  /** Something goes now that backups may hold: they are made unreadable in time. Until when at the latest, if there may be any. */
  async hold(): Promise<string | undefined> {
    const { bus, store, now } = this.#powers;
    if (!(await mayBackupsHold(bus))) return undefined;
    const at = now();
    const since = (await store.get()).held?.since ?? at;
    await store.put({ held: { since, last: at } });
    return textOf(since + HELD_MS);
  }

  /** No backup holds anything any more of what went. */
  async shredded(): Promise<void> {
    const { store } = this.#powers;
    if ((await store.get()).held !== undefined) await store.put({ held: undefined });
  }

  async #isClockRight({ clock, policy }: KeptRetention): Promise<boolean> {
    const { bus, log, store, now } = this.#powers;
    const seen = lookAtClock(clock, now(), mostOff([policy.conversations, policy.memories]));
    await store.put({ clock: seen });
    if (seen.wait === undefined) return true;
    if (seen.wait.since !== clock.wait?.since) {
      const details = { seen: textOf(seen.believed), since: textOf(seen.wait.since) };
      log.warn('The clock is far from where it was: nothing is forgotten for its age for now.', details);
      await bus.request('kernel.trail.note.v1', { kind: 'retention.waits', details });
    }
    return false;
  }

  async #run({ policy }: KeptRetention): Promise<void> {
    const { store, forgetting, now } = this.#powers;
    const at = now();
    const age: Partial<Record<RetentionKind, string>> = {};
    let isAnyAbsent = false;
    for (const [kind, before] of Object.entries(boundsOf(policy, at)) as [RetentionKind, string][]) {
      const found = await this.#hasOld(kind, before);
      if (found === true) age[kind] = before;
      isAnyAbsent ||= found === undefined;
    }
    const isAny = Object.keys(age).length > 0;
    const backups = await this.#mustShred(at);
    const heldUntil = isAny && !backups ? await this.hold() : undefined;
    if (isAny || backups) await forgetting.forgetOld({ age, backups, left: [] }, heldUntil);
    // Who did not run is asked again at the next look, and what was set meanwhile is yet to come.
    if (!isAnyAbsent && (await store.get()).policy === policy) await store.put({ ranAt: at });
  }

  /** Undefined where its plugin does not run. */
  async #hasOld(kind: RetentionKind, before: string): Promise<boolean | undefined> {
    try {
      return (await findOld(this.#powers.bus, kind, before)).items.length > 0;
    } catch (error) {
      if (isAicoError(error, 'PRIVACY_HOLDER_ABSENT')) return undefined;
      throw error;
    }
  }

  async #mustShred(now: number): Promise<boolean> {
    const { bus, store, ledger } = this.#powers;
    const { held } = await store.get();
    if (held === undefined || now < held.since + HELD_MS) return false;
    // One that is on its way and cannot be finished yet is enough.
    if ((await ledger.pending()).some(({ run, receipt }) => run.backups && receipt.backups === undefined)) return false;
    const holding = await backupsHolding(bus, held.last);
    // They went for their own age meanwhile.
    if (holding === 0) await this.shredded();
    return holding !== undefined && holding > 0;
  }
}

/** What is older than that goes. */
export function boundsOf(policy: RetentionPolicy, now: number): Partial<Record<RetentionKind, string>> {
  const on = RETENTION_KINDS.filter((kind) => policy[kind] > 0);
  return Object.fromEntries(on.map((kind) => [kind, textOf(now - policy[kind] * DAY_MS)]));
}

function isOn(policy: RetentionPolicy): boolean {
  return RETENTION_KINDS.some((kind) => policy[kind] > 0);
}

/** A clock that was set back makes it due, too: it only lets less go. */
function isDue({ ranAt }: KeptRetention, now: number): boolean {
  return ranAt === undefined || now < ranAt || now - ranAt >= DUE_AFTER_MS;
}

function assertLongEnough(policy: RetentionPolicy): void {
  const short = RETENTION_KINDS.find((kind) => policy[kind] > 0 && policy[kind] < LEAST_DAYS);
  if (short !== undefined) throw new AicoError('PRIVACY_AGE_TOO_SHORT', { subject: short });
}

function textOf(time: number): string {
  return new Date(time).toISOString();
}

function wordsOf(days: number): string {
  return days === 0 ? 'ever' : `${days} days`;
}
