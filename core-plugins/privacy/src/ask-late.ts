import type { Bus, ForgetChoice, ForgetPlan, ForgetRun, ForgetSearch } from '@aico/sdk';
import type { Account } from './account.ts';
import { absence, type Holder } from './holders.ts';
import { FIND_TIMEOUT_MS } from './plan.ts';

/** Whom to ask later, and for what; nothing where all were asked. */
export function unaskedOf(search: ForgetSearch, { absent }: Pick<ForgetPlan, 'absent'>): Pick<ForgetRun, 'unasked'> {
  return absent.length === 0 ? {} : { unasked: { search, plugins: absent } };
}

/**
 * The wish, with what those keep of it that run now and could not be asked before it was confirmed. What they got after that is not
 * meant. Who does not run yet, or has more than it names at once, stays to be asked; who was removed does not.
 */
export async function askLate(
  bus: Pick<Bus, 'request'>,
  holders: readonly Holder[],
  account: Account,
  run: ForgetRun,
): Promise<ForgetRun> {
  const { unasked, ...rest } = run;
  if (unasked === undefined) return run;
  const until = Date.parse(account.at);
  const items = new Map(run.items.map((item) => [keyOf(item), item]));
  const left: string[] = [];
  for (const { plugin, runs } of holders.filter((holder) => unasked.plugins.includes(holder.plugin))) {
    let isAsked = false;
    await account.attempt(plugin, async () => {
      if (!runs) throw absence(plugin);
      const topic = `plugin.${plugin}.forget.find.v1` as const;
      const found = await bus.request(topic, unasked.search, { timeoutMs: FIND_TIMEOUT_MS });
      const meant = found.items.filter(({ when }) => Date.parse(when) <= until);
      const fresh = meant
        .map(({ kind, id, when }) => ({ plugin, kind, id, when }))
        .filter((item) => !items.has(keyOf(item)));
      for (const item of fresh) items.set(keyOf(item), item);
      isAsked = found.more !== true || fresh.length === 0;
    });
    if (!isAsked) left.push(plugin);
  }
  const open = left.length === 0 ? {} : { unasked: { search: unasked.search, plugins: left } };
  return { ...rest, items: [...items.values()], ...open };
}

function keyOf({ plugin, kind, id }: ForgetChoice): string {
  return `${plugin} ${kind} ${id}`;
}
