/** What was killed; `end` is when all ran again, ms since 1970. */
export interface Kill {
  readonly victim: 'publisher' | 'consumer' | 'journal' | 'host';
  readonly at: number;
  readonly end: number;
}

export interface KillReport {
  readonly acknowledged: number;
  /** Acknowledged to the publisher, and never handled. */
  readonly lost: readonly number[];
  /** Refused because nobody could keep it, and handled all the same. */
  readonly denied: readonly number[];
  readonly outOfOrder: readonly string[];
  /** Handed out again, as at-least-once allows: its acknowledgement could not be on the disk at a kill. */
  readonly repeated: number;
  readonly wronglyRepeated: readonly string[];
  /** Of all that came again, how long before a kill it was handled at most, ms. */
  readonly oldestRepeatMs: number;
}

/** Refusals that leave no doubt whether the event was kept. */
const NOT_KEPT: ReadonlySet<string> = new Set(['KERNEL_NO_SERVER', 'KERNEL_SERVER_BUSY', 'JOURNAL_FULL']);
/** What was acknowledged so long before a kill is on the disk, even on a busy machine. Mostly it takes 10 ms. */
const SETTLED_AFTER_MS = 1_000;

interface Handling {
  readonly gotAt: number;
  readonly doneAt?: number;
}

/** Judges what a publisher and a consumer wrote down, and what was killed meanwhile. */
export function judgeKills(published: string, consumed: string, kills: readonly Kill[]): KillReport {
  const kept = numbersOf(published, 'kept');
  const refused = linesOf(published, 'refused').filter(([, code = '']) => NOT_KEPT.has(code));
  const handled = new Set(numbersOf(consumed, 'done'));
  return {
    acknowledged: kept.length,
    lost: kept.filter((number) => !handled.has(number)),
    denied: refused.map(([number]) => Number(number)).filter((number) => handled.has(number)),
    ...judgeDeliveries(consumed, kills),
  };
}

function judgeDeliveries(
  consumed: string,
  kills: readonly Kill[],
): Pick<KillReport, 'outOfOrder' | 'repeated' | 'wronglyRepeated' | 'oldestRepeatMs'> {
  const handlings = new Map<number, Handling>();
  const newest = new Map<string, number>();
  const latest = new Map<string, { readonly sequence: number; readonly at: number }>();
  const outOfOrder: string[] = [];
  const wronglyRepeated: string[] = [];
  const ages: number[] = [];
  for (const [word, ...fields] of linesOf(consumed)) {
    const number = Number(fields[0]);
    const at = Number(fields.at(-1));
    const before = handlings.get(number);
    if (word === 'done') {
      handlings.set(number, { gotAt: before?.gotAt ?? at, doneAt: at });
      continue;
    }
    const [, key = '', sequence = 0] = fields;
    if (before === undefined) {
      const newer = newest.get(key) ?? 0;
      if (number < newer) outOfOrder.push(`${number} came after ${newer}`);
      newest.set(key, Math.max(number, newer));
    } else {
      const cause = kills.find((kill) => excuses(kill, before, at));
      if (cause === undefined) wronglyRepeated.push(`${number} at ${at}, last handled at ${before.doneAt ?? 'never'}`);
      else ages.push(cause.at - (before.doneAt ?? cause.at));
    }
    const last = latest.get(key);
    // One life of the consumer and the journal goes through a key from the front to the back.
    const isBack = last !== undefined && Number(sequence) < last.sequence;
    if (isBack && !kills.some((kill) => kill.victim !== 'publisher' && kill.at <= at && last.at <= kill.end))
      outOfOrder.push(`${number} at place ${sequence} came after place ${last.sequence}`);
    latest.set(key, { sequence: Number(sequence), at });
    handlings.set(number, { gotAt: at });
  }
  return { outOfOrder, repeated: ages.length, wronglyRepeated, oldestRepeatMs: Math.max(0, ...ages) };
}

/** Whether a kill may be why an event came again: it was being handled, or not yet written down as settled. */
function excuses({ victim, at, end }: Kill, { gotAt, doneAt = at }: Handling, again: number): boolean {
  return victim !== 'publisher' && at <= again && gotAt <= end && doneAt <= end && doneAt > at - SETTLED_AFTER_MS;
}

/** Errors that the publisher was told, oldest first. */
export function refusalsIn(published: string): readonly unknown[] {
  return linesOf(published, 'refused').map(([, , error = '']) => JSON.parse(decodeURIComponent(error)));
}

export function numbersOf(text: string, word: string): number[] {
  return linesOf(text, word).map(([number]) => Number(number));
}

/** The words of each whole line; of those that begin with a word, the rest. */
function linesOf(text: string, word?: string): string[][] {
  const lines = text.split('\n').slice(0, -1);
  const words = lines.filter((line) => line !== '').map((line) => line.split(' '));
  return word === undefined ? words : words.filter(([first]) => first === word).map((line) => line.slice(1));
}
