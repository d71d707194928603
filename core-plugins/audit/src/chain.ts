import type { AuditHead, AuditProgress, AuditVerdict } from '@aico/sdk';
import { BROKEN, ChainCheck } from './chain-check.ts';
import type { ChainStore, Reading } from './chain-store.ts';
import { BEGINNING, type Fact, type Link, linkOf } from './link.ts';
import type { Signer } from './signer.ts';

/** Records after which a checkpoint is due. */
const CHECKPOINT_EVERY = 64;

export interface ChainPowers {
  readonly store: ChainStore;
  readonly signer: Signer;
  readonly now: () => Date;
  /** Where the head is noted apart from the records. */
  readonly anchor: {
    read(): Promise<AuditHead | undefined>;
    write(head: AuditHead): Promise<void>;
  };
  /** What was added is kept and could not be signed; that is tried again. */
  readonly onUnsigned: (error: unknown) => void;
}

/** The chain of records: what is added follows what was last, one at a time, and is signed now and then. */
export class Chain {
  readonly #powers: ChainPowers;
  /** Unknown after a write of which nobody heard whether it was kept. */
  #last: Pick<Link, 'number' | 'hash'> | undefined;
  #signed = 0;
  /** Whether there is more to sign than that the last head was noted apart. */
  #isDue = false;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(powers: ChainPowers) {
    this.#powers = powers;
  }

  /**
   * Goes on where the chain ended. When it ends before what was noted apart, or that note is gone, that is a record; the numbers keep
   * the hole.
   */
  static async open(powers: ChainPowers): Promise<Chain> {
    const chain = new Chain(powers);
    const { store, anchor, now } = powers;
    const [checkpoints, cut, head] = await Promise.all([store.checkpoints(), store.cut(), anchor.read()]);
    chain.#signed = checkpoints.at(-1)?.number ?? cut?.number ?? 0;
    const end = await chain.#end();
    // Each checkpoint was noted apart before it was kept: with that note gone, nothing tells what came after the last one that is here.
    const isNoteLost = head === undefined && checkpoints.length > 0;
    const isCutOff = head !== undefined && head.number > end.number;
    if (isNoteLost || isCutOff) {
      const details = { expected: isCutOff ? String(head.number) : 'unknown', found: String(end.number) };
      const fact: Fact = { time: now().toISOString(), source: 'audit', kind: BROKEN, details };
      const link = linkOf(fact, end, Math.max(end.number, head?.number ?? 0) + 1);
      await store.append([link]);
      chain.#last = link;
      chain.#isDue = true;
    }
    return chain;
  }

  /** Adds records, all or none; they are kept when this resolves, signed or not. */
  add(facts: readonly Fact[], reading?: Reading): Promise<void> {
    return this.#inTurn(async () => {
      const { store, onUnsigned } = this.#powers;
      const end = await this.#end();
      const links: Link[] = [];
      for (const fact of facts) links.push(linkOf(fact, links.at(-1) ?? end));
      const last = links.at(-1) ?? end;
      this.#last = undefined;
      await store.append(links, reading);
      this.#last = last;
      this.#isDue ||= facts.some((fact) => !isOwnAnchor(fact));
      if (last.number - this.#signed >= CHECKPOINT_EVERY) await this.#sign(last).catch(onUnsigned);
    });
  }

  /** Signs what is not signed so far. */
  checkpoint(): Promise<void> {
    return this.#inTurn(async () => {
      const end = await this.#end();
      if (this.#isDue && end.number > this.#signed) await this.#sign(end);
    });
  }

  /** Removes records that are older than a time; returns how many. */
  prune(before: Date): Promise<number> {
    return this.#inTurn(async () => {
      const { store, signer, now } = this.#powers;
      const link = await store.lastBefore(before.toISOString(), now().toISOString());
      if (link === undefined) return 0;
      const { records } = await store.count();
      const { number, hash } = link;
      await store.removeUpTo(signer.sign('cut', { number, hash, time: now().toISOString() }));
      this.#signed = Math.max(this.#signed, number);
      return records - (await store.count()).records;
    });
  }

  /** Looks at every record. Nothing is added meanwhile. */
  verify(noted: AuditHead | undefined, tell: (progress: AuditProgress) => Promise<void>): Promise<AuditVerdict> {
    return this.#inTurn(async () => {
      const { store, signer, anchor } = this.#powers;
      const [cut, checkpoints, head, { records }] = await Promise.all([
        store.cut(),
        store.checkpoints(),
        anchor.read(),
        store.count(),
      ]);
      const heads = [head, noted].filter((each) => each !== undefined);
      const check = new ChainCheck(signer, { cut, checkpoints, heads });
      let done = 0;
      for await (const links of store.links()) {
        for (const link of links) check.add(link);
        done += links.length;
        await tell({ done, total: Math.max(done, records) });
      }
      return check.end();
    });
  }

  async #sign({ number, hash }: Pick<Link, 'number' | 'hash'>): Promise<void> {
    const { store, signer, now, anchor } = this.#powers;
    await anchor.write({ number, hash });
    await store.addCheckpoint(signer.sign('checkpoint', { number, hash, time: now().toISOString() }));
    this.#signed = number;
    this.#isDue = false;
  }

  /** What the next record follows. */
  async #end(): Promise<Pick<Link, 'number' | 'hash'>> {
    if (this.#last !== undefined) return this.#last;
    const { store } = this.#powers;
    this.#last = (await store.last()) ?? (await store.cut()) ?? BEGINNING;
    this.#isDue ||= this.#last.number > this.#signed;
    return this.#last;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** To note the head in the vault is a use of the vault, and so a record: which is no reason to note it again. */
function isOwnAnchor({ kind, plugin }: Fact): boolean {
  return kind === 'secret.kept' && plugin === 'audit';
}
