import type { Bus, Log, RecallHit, RememberedItem, Traced } from '@aico/sdk';

/** Much, for it comes due only where the machine is busy: a companion that forgot is worse than one that thinks. */
const RECALL_BUDGET_MS = 4_000;
const MAX_RECALLED = 6;
const MAX_QUERY_CHARACTERS = 2000;
/** Finds what the user is called, which the first words of a conversation seldom ask for. */
const INTRODUCTION = {
  query: 'my name is',
  form: /\b(?:my name(?: is|'s)|call me|i(?:'m| am) called|ich hei(?:ß|ss)e)\b/i,
};

/** What memory knows about a text, best first; undefined when memory does not answer in time. */
export async function recall(
  bus: Bus,
  log: Log,
  {
    text,
    message,
    first,
    signal,
    trace,
  }: {
    readonly text: string;
    readonly message: string;
    readonly first: boolean;
    readonly signal: AbortSignal;
    readonly trace: Traced;
  },
): Promise<RememberedItem[] | undefined> {
  const ask = async (query: string, limit: number): Promise<readonly RecallHit[]> => {
    const payload = { text: query.slice(0, MAX_QUERY_CHARACTERS), limit, excludeMessage: message };
    return (await bus.request('memory.recall.v1', payload, { timeoutMs: RECALL_BUDGET_MS, signal, trace })).hits;
  };
  try {
    const [about, introductions] = await Promise.all([
      ask(text, MAX_RECALLED),
      first ? ask(INTRODUCTION.query, MAX_RECALLED) : Promise.resolve([]),
    ]);
    const introduction = introductions.filter(({ memory }) => INTRODUCTION.form.test(memory.text)).slice(0, 1);
    const hits = new Map([...about, ...introduction].map((hit) => [hit.memory.id, hit]));
    return [...hits.values()].map(({ memory }) => ({ memory: memory.id, text: memory.text, when: memory.when }));
  } catch (error) {
    // A companion without memory still answers.
    log.debug('nothing was recalled', { reason: String(error) });
    return undefined;
  }
}
