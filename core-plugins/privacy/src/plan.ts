import { AicoError, type Bus, type ForgetPlan, type ForgetSearch, isSearchable, type PlannedItem } from '@aico/sdk';
import { listBackups } from './backups-holding.ts';
import { findHolders } from './holders.ts';

export const FIND_TIMEOUT_MS = 120_000;
const MOST_ITEMS = 5000;
/** Messages, their memories, replies that quote those, and once more for what these made. */
const MOST_ROUNDS = 4;
/** Kinds by whose ids other plugins find what followed. */
const TRACED = { message: 'messages', conversation: 'conversations', memory: 'memories' } as const;

/** Everything that is kept of something, and of what was made of it, by whoever keeps it. @throws AicoError PRIVACY_SEARCH_EMPTY, PRIVACY_NAME_UNSEARCHABLE */
export async function planForgetting(bus: Pick<Bus, 'request'>, search: ForgetSearch): Promise<ForgetPlan> {
  assertNamed(search);
  const { holders: all, untold } = await findHolders(bus);
  const holders = all.filter(({ finds }) => finds);
  const items = new Map<string, PlannedItem>();
  let more = false;
  let next: ForgetSearch | undefined = search;
  for (let round = 0; round < MOST_ROUNDS && next !== undefined; round += 1) {
    const fresh: PlannedItem[] = [];
    for (const { plugin } of holders.filter(({ runs }) => runs)) {
      const found = await bus.request(`plugin.${plugin}.forget.find.v1`, next, { timeoutMs: FIND_TIMEOUT_MS });
      more ||= found.more === true;
      for (const item of found.items) {
        const key = `${plugin} ${item.kind} ${item.id}`;
        if (items.has(key)) continue;
        if (items.size >= MOST_ITEMS) {
          more = true;
          break;
        }
        items.set(key, { plugin, ...item });
        fresh.push({ plugin, ...item });
      }
    }
    next = tracing(fresh);
  }
  const sorted = [...items.values()].sort((one, other) => (one.when < other.when ? 1 : -1));
  const absent = holders.filter(({ runs }) => !runs).map(({ plugin }) => plugin);
  const unseen = all.filter(({ finds, runs }) => !finds && !runs).map(({ plugin }) => plugin);
  return {
    ...{ items: sorted, more, absent },
    ...(await planBackups(bus)),
    ...(untold.length > 0 && { untold }),
    ...(unseen.length > 0 && { unseen }),
  };
}

/** Backups that may hold it: all that there are. Where some cannot be listed, that is told: none named is not none there. */
export async function planBackups(bus: Pick<Bus, 'request'>): Promise<Pick<ForgetPlan, 'backups' | 'backupsUnlisted'>> {
  try {
    const { backups, unreadable } = await listBackups(bus);
    const named = backups.slice(0, 1000).map(({ id, createdAt }) => ({ id, createdAt }));
    return { backups: named, ...(unreadable.length > 0 && { backupsUnlisted: true }) };
  } catch {
    return { backups: [], backupsUnlisted: true };
  }
}

/** What to look for next: what followed from what was found. */
function tracing(fresh: readonly PlannedItem[]): ForgetSearch | undefined {
  const next: Record<'messages' | 'conversations' | 'memories', string[]> = {
    messages: [],
    conversations: [],
    memories: [],
  };
  for (const { kind, id } of fresh) {
    if (kind === 'message' || kind === 'conversation' || kind === 'memory') next[TRACED[kind]].push(id);
  }
  return Object.values(next).some((ids) => ids.length > 0) ? next : undefined;
}

function assertNamed({ messages, conversations, memories, names, from, to }: ForgetSearch): void {
  // Nobody would find it, and "nothing of it is kept" would not be true. The name itself stays out of logs.
  if (names?.some((name) => !isSearchable(name)))
    throw new AicoError('PRIVACY_NAME_UNSEARCHABLE', { subject: 'forget' });
  const lists = [messages, conversations, memories, names].some((list) => (list?.length ?? 0) > 0);
  const hasPeriod = from !== undefined && to !== undefined && from < to;
  const isHalf = (from === undefined) !== (to === undefined);
  if ((lists || hasPeriod) && !isHalf && (from === undefined || hasPeriod)) return;
  throw new AicoError('PRIVACY_SEARCH_EMPTY', { subject: 'forget' });
}
