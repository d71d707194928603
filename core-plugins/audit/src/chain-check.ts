import type { AuditHead, AuditProblem, AuditRecord, AuditVerdict } from '@aico/sdk';
import { canonical } from './canonical.ts';
import { BEGINNING, hashOf, type Link } from './link.ts';
import type { Signed, Signer } from './signer.ts';

const MOST_PROBLEMS = 100;
/** Records of what was not recorded, and of a chain that was found broken. */
export const GAP = 'audit.gap';
export const BROKEN = 'audit.broken';

export interface Expected {
  readonly cut: Signed | undefined;
  /** By number. */
  readonly checkpoints: readonly Signed[];
  /** Records that the chain has to hold: as the vault notes them apart, and as its user did. */
  readonly heads: readonly AuditHead[];
}

/** Judges a chain, link by link in order of their numbers. */
export class ChainCheck {
  readonly #signer: Pick<Signer, 'isGenuine'>;
  readonly #expected: Expected;
  readonly #marks = new Map<number, string[]>();
  readonly #problems: AuditProblem[] = [];
  #previous: Pick<Link, 'number' | 'hash'>;
  #first: number | undefined;
  #records = 0;
  #gaps = 0;

  constructor(signer: Pick<Signer, 'isGenuine'>, expected: Expected) {
    this.#signer = signer;
    this.#expected = expected;
    const { cut, checkpoints, heads } = expected;
    this.#previous = cut ?? BEGINNING;
    if (cut !== undefined && !signer.isGenuine('cut', cut)) this.#found(cut.number, 'cut');
    for (const { number, hash } of [...checkpoints, ...heads])
      this.#marks.set(number, [...(this.#marks.get(number) ?? []), hash]);
  }

  add(link: Link): void {
    const { number, body, hash } = link;
    const before = this.#previous;
    const record = parse(body);
    if (number <= before.number) this.#found(number, 'reordered');
    else if (number !== before.number + 1) this.#found(before.number + 1, 'missing');
    if (hashOf(body) !== hash || record.number !== number || !isCanonical(record, body)) this.#found(number, 'altered');
    else if (record.previous !== before.hash) this.#found(number, 'unlinked');
    if (this.#marks.get(number)?.some((marked) => marked !== hash)) this.#found(number, 'checkpoint');
    this.#marks.delete(number);
    if (record.kind === BROKEN) this.#found(number, 'broken');
    if (record.kind === GAP) this.#gaps += 1;
    this.#first ??= number;
    this.#records += 1;
    this.#previous = link;
  }

  end(): AuditVerdict {
    const { cut, checkpoints } = this.#expected;
    const { number, hash } = this.#previous;
    for (const checkpoint of checkpoints)
      if (!this.#signer.isGenuine('checkpoint', checkpoint)) this.#found(checkpoint.number, 'checkpoint');
    const removed = cut?.number ?? 0;
    for (const marked of this.#marks.keys())
      if (marked > number) this.#found(marked, 'truncated');
      else if (marked > removed) this.#found(marked, 'missing');
    const signedUpTo = Math.max(removed, ...checkpoints.map((checkpoint) => checkpoint.number));
    return {
      sound: this.#problems.length === 0,
      records: this.#records,
      ...(this.#first === undefined ? {} : { first: this.#first }),
      ...(number === 0 ? {} : { head: { number, hash } }),
      checkpoints: checkpoints.length,
      unsigned: Math.max(0, number - signedUpTo),
      ...(cut === undefined ? {} : { cutAfter: cut.number }),
      gaps: this.#gaps,
      problems: this.#problems,
    };
  }

  #found(number: number, problem: AuditProblem['problem']): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push({ number, problem });
  }
}

type Body = Partial<Omit<AuditRecord, 'hash'>>;

function parse(body: string): Body {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function isCanonical(record: Body, body: string): boolean {
  try {
    return canonical(record) === body;
  } catch {
    return false;
  }
}
